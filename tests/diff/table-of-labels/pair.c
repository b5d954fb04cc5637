/* goto *labels[i]: the table has places of the function, which are others in the new one though its beginning is as it was. */
#include "kernel.h"

int f(int i, int n)
{
	static const void *const labels[] = { &&a, &&b, &&c };

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
