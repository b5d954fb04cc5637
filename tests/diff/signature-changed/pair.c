/* A parameter more: callers in the unit change with the function; a function of another unit is found by its calls. */
#include "kernel.h"

#ifdef POST
noinline int worker(int i, int j)
{
	consume(j);
	return i * 3;
}
#else
noinline int worker(int i)
{
	return i * 3;
}
#endif

int f(int i)
{
#ifdef POST
	return worker(i, 5);
#else
	return worker(i);
#endif
}

int g(int i) { return i + 1; }
