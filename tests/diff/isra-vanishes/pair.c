/* An argument is no longer used before it; but it is afterwards. */
#include "kernel.h"

struct big { int a, b, c; };

static noinline int helper(struct big *p, int unused)
{
#ifndef POST
	consume(p->a);
#else
	consume(p->a + unused);
	use(p);
#endif
	return 3;
}

int f(struct big *p, int i) { return helper(p, i) + 1; }
int g(struct big *p, int i) { return helper(p, i * 3) + 2; }
