#include "kernel.h"

static inline __attribute__((always_inline)) int helper(int i)
{
#ifdef POST
	if (i > 100)
		return 0;
#endif
	return i * 3;
}

int f(int i) { return helper(i) + 1; }
int g(int i) { return helper(i) + 2; }
int h(int i) { consume(i); return helper(i) + 3; }
int other(int i) { return i + 4; }
