/* A table of labels that may have been written to: the kernel's has places of the old function. */
#include "kernel.h"

int f(int i, int n)
{
	static void *labels[] = { &&a, &&b, &&c };

	use(labels);
	goto *labels[i];
a:
	consume(1);
	goto *labels[--n];
b:
	consume(2);
	goto *labels[n -= 2];
c:
#ifdef POST
	consume(4);
#else
	consume(3);
#endif
	return 1;
}
