/*
 * The old helper has no ENDBR, since nothing pointed to it: a call of it through a pointer would fault. The new one has, so the
 * pointer is to that.
 */
#include "kernel.h"

static noinline void helper(void *p)
{
	use(p);
	consume(1);
}

int f(int i)
{
	helper(&i);
#ifdef POST
	use(helper);
#endif
	return i;
}
