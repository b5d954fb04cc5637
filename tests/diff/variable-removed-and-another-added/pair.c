/* One goes and one comes, of the same size and in the same functions, which do something else with it: a lock, and a counter. */
#include "kernel.h"

#ifdef POST
static int counter;
#else
static int lock;
#endif

int f(int i)
{
#ifdef POST
	counter += i;
	return i;
#else
	while (lock)
		consume(i);
	lock = 1;
	use(&lock);
	lock = 0;
	return i;
#endif
}

int g(int i)
{
#ifdef POST
	return i + counter;
#else
	return i + 7;
#endif
}
