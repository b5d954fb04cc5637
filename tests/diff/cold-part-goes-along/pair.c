/* f changes, f.cold does not; but it jumps back into f. */
#include "kernel.h"

extern void cold disaster(int i);

int f(int i)
{
	if (i == 77)
		disaster(1);
#ifdef POST
	consume(i * 5);
#else
	consume(i * 3);
#endif
	return i;
}
