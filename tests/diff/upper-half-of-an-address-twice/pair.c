/* Two ways that meet where the address is used: each has its upper half, and the lower half is compared with one of them. */
#include "kernel.h"

extern int variable;

int same(int i)
{
	int ret;

	if (i) {
		consume(1);
		ret = variable;
		consume(2);
	} else {
		consume(3);
		ret = variable + 1;
		consume(4);
	}
	consume(5);
	return ret + variable;
}

/* An operand of assembler code that is made once more: the register is set, and never read. */
void half_alone(void)
{
	asm volatile("addis 9,2,variable@toc@ha" : : : "r9");
}
#ifdef POST
int changed(void) { return 2; }
#else
int changed(void) { return 1; }
#endif
