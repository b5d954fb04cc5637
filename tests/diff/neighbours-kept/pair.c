/* The section is laid out as in the kernel: whichever of the two is meant, the address is the right one. */
#include "kernel.h"

#define __read_mostly section(".data..read_mostly")

static long other __read_mostly = 7;
static long arr[4] __read_mostly = { 1, 2, 3, 4 };

long f(long i)
{
	long sum = other++;

#ifdef POST
	consume(i);
#endif
	arr[i & 3]++;
	for (long *q = arr; q != arr + 4; q++) {
		consume(*q);
		sum += *q;
	}
	return sum;
}
