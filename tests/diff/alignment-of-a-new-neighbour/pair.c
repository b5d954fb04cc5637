/* A section has the alignment of the object in it that wants most; the others have what they had. */
#include "kernel.h"

#ifdef POST
static ulong added section(".data..percpu") __attribute__((aligned(64)));
#endif
static int counter section(".data..percpu");

int f(int i)
{
#ifdef POST
	added += i;
#endif
	return counter += i;
}
