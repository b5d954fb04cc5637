#include "kernel.h"

extern struct static_key one;

int f(int i)
{
	if (static_branch(&one))
		consume(i + 1);
#ifdef POST
	return i * 3;
#else
	return i;
#endif
}

int g(int i)
{
	consume(i);
	if (static_branch(&one))
		consume(i + 1);
#ifdef POST
	return i * 3;
#else
	return i;
#endif
}
