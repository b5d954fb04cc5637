/* An alternative is written once, at boot: a hook may lie over it. */
#include "kernel.h"

int f(int i)
{
	ALTERNATIVE("nop; nop; nop", "stac", 308);
	consume(i);
#ifdef POST
	return i * 3;
#else
	return i;
#endif
}
