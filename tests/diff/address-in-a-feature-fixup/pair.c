/* Where its halves would lie in the kernel is not where they lie in the section that they are copied from. */
#include "ppc64le.h"

extern int variable;

void f(void)
{
	FTR_IF("nop; nop", "addis 9,2,variable@toc@ha; lwz 9,variable@toc@l(9)", 1);
}
#ifdef POST
int g(void) { return 2; }
#else
int g(void) { return 1; }
#endif
