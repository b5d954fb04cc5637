/* A second limit for f(), while other units go on with the old one. */
#include "kernel.h"

#ifdef POST
const int limit = 7;
#else
int limit = 5;
#endif

int f(int i)
{
#ifdef POST
	return i + *(const volatile int *)&limit + 1;
#else
	return i + limit;
#endif
}
