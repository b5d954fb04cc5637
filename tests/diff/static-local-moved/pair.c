/* Is it another variable, or the same one elsewhere? Nothing in the object files tells. */
#include "kernel.h"

int g(int i)
{
#ifdef POST
	static int count = 5;

	count += i;
	return count;
#else
	return i;
#endif
}

int f(int i)
{
#ifndef POST
	static int count = 5;

	count += i;
	return count;
#else
	return i;
#endif
}
