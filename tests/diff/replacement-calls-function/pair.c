#include "kernel.h"

int f(int i)
{
	consume(i);
#ifdef POST
	consume(i + 1);
#endif
	ALTERNATIVE("nop; nop; nop; nop; nop", "call outside", 309);
	return i;
}
