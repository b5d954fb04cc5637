/* Whoever called would go on with the TOC pointer of the update's module: only returns in the function itself are led past what puts it right. */
#include "ppc64le.h"

#ifdef POST
#define N 2
#else
#define N 1
#endif

extern int variable;

void g(void)
{
	consume(variable);
	FTR_IF("nop; nop", "nop; blr", N);
}
