/* A place before the first object of the section, or one in newv. */
#include "kernel.h"

#define __read_mostly section(".data..read_mostly")

static long arr[4] __read_mostly = { 1, 2, 3, 4 };
#ifdef POST
static long newv __read_mostly = 7;
#endif

long f(long i)
{
#ifdef POST
	if (newv++)
		return 0;
#endif
	return ((long *)((ulong)arr - 8))[i];
}
