/* The kernel's code takes the address of one variable and reaches the others from it: their distance says where they are. */
#include "kernel.h"

static long first[100], second[50], third[50];

void f(long i)
{
#ifdef POST
	if (i > 40)
		return;
#endif
	first[i] = i;
	second[i] -= first[i + 1];
	third[i + 1]++;
	use(first);
	use(third);
	use(second);
}
