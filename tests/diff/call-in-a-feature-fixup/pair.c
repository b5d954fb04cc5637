/* What goes between such a call and the function lies behind the caller, not behind the code that is copied into it. */
#include "ppc64le.h"

#ifdef POST
#define N 2
#else
#define N 1
#endif

extern int variable;

noinline used void f(void) { consume(variable + N); }
void g(void)
{
	FTR_IF("nop; nop", "bl f; nop", N);
}
