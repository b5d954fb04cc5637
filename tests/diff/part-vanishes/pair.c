/* The other way round of part-appears. */
#include "kernel.h"

#ifdef POST
#define EARLY(i)
#else
#define EARLY(i) if (__builtin_expect(!i, 1)) return 0;
#endif

static int helper(int i)
{
	EARLY(i)
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
