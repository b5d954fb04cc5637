/* gcc moves what leads to a cold function to f.cold; the rest of f stays as it was. */
#include "kernel.h"

extern void cold disaster(int i);

int f(int i)
{
	if (i == 77) {
#ifdef POST
		disaster(2);
#else
		disaster(1);
#endif
	}
	consume(i);
	return i * 3;
}

int g(int i)
{
	if (i == 78)
		disaster(3);
	consume(i);
	return i;
}
