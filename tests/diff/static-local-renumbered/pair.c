/* gcc numbers the variables of all functions together: f's count is count.0 before and count.1 after, or the like. */
#include "kernel.h"

int g(int i)
{
#ifdef POST
	static int count = 5;

	count += i;
	consume(count);
#endif
	return i;
}

int f(int i)
{
	static int count = 7;

	count += i;
	return count;
}
