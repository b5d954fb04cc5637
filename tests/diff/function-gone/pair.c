#include "kernel.h"

#ifndef POST
static noinline int helper(int i)
{
	return i * 7;
}
#endif

int f(int i)
{
#ifdef POST
	return i;
#else
	return helper(i) + 1;
#endif
}
