/* Who refers to a changed constant changes, but not what never runs. */
#include "kernel.h"

extern int setup(int i);
static const int limits[] = { 3, 4,
#ifdef POST
	6
#else
	5
#endif
};
__attribute__((weak)) noinline int setup(int i)
{
	return limits[i];
}

int f(int i)
{
	return limits[i & 1];
}
