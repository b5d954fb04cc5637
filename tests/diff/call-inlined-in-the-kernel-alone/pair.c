/* Simulated: the kernel has helper() inlined in g(), and what carried code is compared with calls it. */
#include "kernel.h"

static long counter = 3;

static noinline long helper(long i)
{
#ifdef POST
	counter += 2;
#else
	counter++;
#endif
	return i * counter;
}

long f(long i)
{
	return helper(i) + 1;
}

long g(long i)
{
#if defined(POST) || defined(RENUMBERED)
	return helper(i) + 2;
#else
	counter++;
	return i * counter + 2;
#endif
}
