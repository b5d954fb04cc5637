/* A weak alias may be overridden by another unit: what is called by that name is imported by that name. */
#include "kernel.h"

noinline int foo_default(int i)
{
	consume(i);
	return i;
}
int foo(int i) __attribute__((weak, alias("foo_default")));

int h(int i)
{
#ifdef POST
	consume(1);
#endif
	return foo(i) + 1;
}
