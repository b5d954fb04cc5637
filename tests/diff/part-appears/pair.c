/* gcc inlines the beginning of helper and leaves the rest as helper.part.0. */
#include "kernel.h"

#ifdef POST
#define SELDOM(x) __builtin_expect(!!(x), 0)
#define CALLS 2
#else
#define SELDOM(x) (x)
#endif

static int helper(int i)
{
#ifdef POST
	if (__builtin_expect(!i, 1))
		return 0;
#endif
	consume(i);
	consume(i * 3);
	consume(i * 5);
	consume(i * 7);
	consume(i * 9);
	for (int j = 0; j < i; j++)
		consume(j);
	return i * 11;
}

int f(int i) { return helper(i); }
int g(int i) { return helper(i) + 1; }
int h(int i) { return i + 2; }
