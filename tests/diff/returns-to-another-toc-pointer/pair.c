/* Callers in the target expect r2 as it was; so do those in the code module, where another one is. */
#include "ppc64le.h"

#ifdef POST
#define N 2
#else
#define N 1
#endif

extern int variable;
extern void outside(int i);
static noinline void kept(int i) { outside(i); outside(variable); }

noinline void f(int i)
{
	if (i < variable)
		return;
	kept(i + N);
}
/* Twice: one piece of code will do. */
int g(int i)
{
	f(i);
	f(variable + N);
	return i;
}
#ifdef POST
noinline int added(int i) { return variable * i; }
#else
#define added(i) (i)
#endif
int h(int i) { return added(i) + 1; }
/* Has no TOC, and returns as it is. */
int without_toc(int i) { return i + N; }
