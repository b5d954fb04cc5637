/* An entry of __ex_table says where to go on after a fault. */
#include "kernel.h"

int f(int *p)
{
	int value = 0;

	consume(1);
	asm volatile("1:\tmovl (%1), %0\n2:\n"
		     ".pushsection __ex_table,\"a\"\n\t.balign 4\n\t.long 1b - .\n\t.long 2b - .\n\t.long "
#ifdef POST
		     "3"
#else
		     "1"
#endif
		     "\n.popsection" : "+r" (value) : "r" (p));
	return value;
}
