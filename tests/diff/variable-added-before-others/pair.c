/* Where code reaches variables of its unit from one another (section anchors on ppc64le), a new one moves what is behind it. */
#include "kernel.h"

#ifdef POST
static long calls[4] = { 1, 1, 1, 1 };
#endif
static long first = 5, second = 6;
static long third[3] = { 7, 8, 9 };

long f(long i)
{
#ifdef POST
	calls[i & 3]++;
	return first + second + calls[0];
#else
	return first + second;
#endif
}

long g(long i)
{
	first++;
	second--;
	third[i & 1] = i;
	return second + third[2];
}
