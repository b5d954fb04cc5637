#include "kernel.h"

int g(int i)
{
	static int count = 5;

	count += i;
	return count;
}

int f(int i)
{
	static int count = 7;

#ifdef POST
	consume(i);
#endif
	count += i;
	return count;
}
