/* gcc makes helper.constprop.0, helper.isra.0 or the like; their numbers and order may differ after the change. */
#include "kernel.h"

#ifdef POST
static noinline int before(int i, int j)
{
	consume(i * j);
	consume(i - j);
	return i + j;
}

int added(int i) { return before(i, 9); }
#endif

static noinline int helper(int i, int j)
{
	consume(i + j);
	return i * j;
}

int f(int i) { return helper(i, 3); }
int g(int i)
{
#ifdef POST
	consume(1);
#endif
	return helper(i, 3) + 1;
}
