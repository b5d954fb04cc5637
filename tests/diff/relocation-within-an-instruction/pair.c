/* The second one of the same instruction would be left out of the match program. */
#include "kernel.h"

extern int variable;

int f(void)
{
	int i;

	asm("addis %0,2,variable@toc@ha\n1:\tlwz %0,variable@toc@l(%0)\n\t.reloc 1b+2,R_PPC64_TOC16_LO,variable+4" : "=b" (i));
	return i;
}
