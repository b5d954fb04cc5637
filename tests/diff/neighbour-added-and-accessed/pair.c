/* An instruction that reads or writes at an address, without a register in it, means the object that lies there. */
#include "kernel.h"

#define __read_mostly section(".data..read_mostly")

#ifdef POST
static long limit __read_mostly = 7;
#endif
static long count __read_mostly = 1;
static long arr[4] __read_mostly = { 1, 2, 3, 4 };
static struct static_key key section(".data..cacheline_aligned"), other section(".data..cacheline_aligned");

long f(long i)
{
#ifdef POST
	if (count > limit)
		return 0;
#endif
	consume(0);
	if (static_branch(&key) || static_branch(&other))
		consume(i);
	arr[1]++;
	return count += i;
}
