#include "kernel.h"

extern struct static_key one, two;

int f(int i)
{
	consume(i);
#ifdef POST
	if (static_branch(&two))
#else
	if (static_branch(&one))
#endif
		consume(i + 1);
	return i;
}

int g(int i)
{
	consume(i);
	if (static_branch(&one))
		consume(i + 2);
	return i;
}
