/* The variable of one of two functions goes; the other one's has another number then, and keeps its value. */
#include "kernel.h"

int g(int i)
{
#ifdef POST
	consume(i);
#else
	static int count = 5;

	count += i;
	consume(count);
#endif
	return i;
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
