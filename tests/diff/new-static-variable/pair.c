#include "kernel.h"

int limit = 10;
#ifdef POST
static int refused = 1;
static int again;
#endif

int f(int i)
{
#ifdef POST
	if (i > limit)
		refused += ++again;
	return i + refused;
#else
	return i > limit;
#endif
}
