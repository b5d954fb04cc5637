/* Matching proves that the weak f is the one that runs, since it is replaced: g calls the new one. */
#include "kernel.h"

__attribute__((weak)) noinline int f(int i)
{
#ifdef POST
	consume(i);
#endif
	return i;
}

int g(int i)
{
#ifdef POST
	consume(i);
#endif
	return f(i) + 1;
}
