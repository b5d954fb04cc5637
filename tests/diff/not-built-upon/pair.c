/* Functions that do not match where an earlier update has them, and why. */
#include "ppc64le.h"

#ifdef POST
#define N 2
#else
#define N 1
#endif

extern int variable;
extern void outside(int i);

/* r2 would stay what the earlier update's code has made it, as the new one has none and so cannot put it back. */
noinline int no_toc_any_more(int i)
{
#ifdef POST
	return i * i + i / 3 + 4 * i * (i ^ 7) + N;
#else
	return variable + i;
#endif
}

/* Both have one, or none: there it will do. */
noinline int toc_as_before(int i) { outside(i + N); return variable; }
noinline int toc_from_now_on(int i)
{
#ifdef POST
	outside(i);
#endif
	return (i * i + i / 3 + 4 * i * (i ^ 7)) * (i + 5) + N;
}

/* What it jumps to is no call. */
noinline int by_a_jump(int i)
{
	asm volatile("b outside");
	return i;
}
