/* A new weak function, and a new strong one that overrides it: callers come to the strong one. */
#include "kernel.h"

extern int setup(int i);
#ifdef POST
__attribute__((weak)) noinline int setup(int i) { return i * 5; }
#endif
int caller(int i)
{
#ifdef POST
	i = setup(i);
#endif
	return i + 1;
}
