/* All callers agree on an argument, so gcc makes helper.constprop.0 of helper; before, one had an argument of its own. */
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
	return helper(i, 3) + 1;
#else
	return helper(i, i) + 1;
#endif
}
