/* Simulated: which counter of the kernel is which one of what carried code is compared with, their numbers do not tell. */
#include "kernel.h"

#if defined(POST) || defined(RENUMBERED)
long e(void)
{
	static long counter = 1;

	return counter++;
}
#endif

long f(long i)
{
	static long counter = 1;

#ifdef POST
	consume(i);
#endif
	return counter += i;
}

long g(long i)
{
	static long counter = 1;

	return counter -= i;
}
