/*
 * gas writes arr + 4 and newv alike: as the place behind arr in its section.  In the kernel there is something else
 * behind arr, or nothing, and newv is in the code module.
 */
#include "kernel.h"

#define __read_mostly section(".data..read_mostly")

#ifdef POST
static long newv __read_mostly = 7;
#endif
static long arr[4] __read_mostly = { 1, 2, 3, 4 };

long f(long i)
{
	long sum = 0;

#ifdef POST
	sum = newv++;
	arr[i & 3]++;
#endif
	for (long *q = arr; q != arr + 4; q++) {
		consume(*q);
		sum += *q;
	}
	return sum;
}
