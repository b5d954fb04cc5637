/* f gets a part, and g loses its own. */
#include "kernel.h"

extern void cold disaster(int i);

int f(int i)
{
#ifdef POST
	if (i == 77)
		disaster(1);
#endif
	consume(i);
	return i * 3;
}

int g(int i)
{
#ifndef POST
	if (i == 78)
		disaster(3);
#endif
	consume(i);
	return i;
}

int h(int i)
{
	if (i == 79)
		disaster(4);
	consume(i);
	return i;
}
