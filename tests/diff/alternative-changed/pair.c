/* The code is the same, what the kernel may put in its place is not. */
#include "kernel.h"

int f(int i)
{
	consume(i);
#ifdef POST
	ALTERNATIVE("nop; nop; nop", "clac", 308);
#else
	ALTERNATIVE("nop; nop; nop", "stac", 308);
#endif
	return i;
}

int g(int i)
{
	consume(i);
	ALTERNATIVE("nop; nop; nop; nop; nop", "call outside", 309);
	return i;
}
