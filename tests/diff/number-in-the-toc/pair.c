/* The kernel's compiler puts only pointers there; what the linker makes of others is not known. */
#include "kernel.h"

asm(".pushsection .toc,\"aw\"\n.Lnumber:\t.quad 12345\n.popsection");
ulong f(void)
{
	ulong n;

	asm("addis %0,2,.Lnumber@toc@ha\n\tld %0,.Lnumber@toc@l(%0)" : "=b" (n));
	return n;
}
