/* The other way round. */
#include "kernel.h"

static noinline int helper(int i, int j)
{
	consume(i + j);
	consume(i * j);
	return i - j;
}

int f(int i) { return helper(i, 3); }
int g(int i)
{
#ifdef POST
	return helper(i, i) + 1;
#else
	return helper(i, 3) + 1;
#endif
}
