#include "kernel.h"

static int __init noinline setup(int i)
{
	consume(i);
	return i * 3;
}

int f(int i)
{
#ifdef POST
	return setup(i) + 2;
#else
	return setup(i) + 1;
#endif
}
