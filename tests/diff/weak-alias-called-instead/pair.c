/* The same address in this object, and not in the kernel if another unit has a foo. The alias is not what is replaced. */
#include "kernel.h"

noinline int foo_default(int i)
{
#ifdef POST
	consume(i + 1);
#endif
	consume(i);
	return i;
}
int foo(int i) __attribute__((weak, alias("foo_default")));

int h(int i)
{
#ifdef POST
	return foo(i) + 1;
#else
	return foo_default(i) + 1;
#endif
}
