/* It changes, and does not run: the strong one must not be replaced by it. */
#include "kernel.h"

extern int setup(int i);
__attribute__((weak)) noinline int setup(int i)
{
#ifdef POST
	consume(i);
#endif
	return i;
}

int caller(int i)
{
#ifdef POST
	consume(i);
#endif
	return setup(i) + 1;
}
