/* No compiler does that: what the other half is, cannot be told. */
#include "kernel.h"

extern int variable;

int f(void)
{
	int i;

	asm("lwz %0,variable@toc@l(%1)" : "=r" (i) : "b" (0));
	return i;
}
#ifdef POST
int g(void) { return 2; }
#else
int g(void) { return 1; }
#endif
