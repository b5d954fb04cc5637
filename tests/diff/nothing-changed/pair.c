#include "kernel.h"

static int count;
static const int table[] = { 1, 2, 3 };

static noinline int helper(int i)
{
	static int calls;

	calls += i;
	return table[i & 1] + calls;
}

int f(int i)
{
	printk("%s: %d\n", __func__, i);
	WARN_ON(i == 7);
	return helper(i) + count++;
}
