/* An array without elements is an object of no bytes, in a section of no bytes. */
#include "kernel.h"

static const int features[] = { };
static const int *known[] = { features };

int f(int i)
{
	use(known);
	use((void *)features);
#ifdef POST
	consume(i);
#endif
	return i;
}
