/* Exactly the entries of carried code are carried: one of two, with its file's name. */
#include "kernel.h"

int f(int i)
{
	WARN_ON(i == 7);
#ifdef POST
	consume(i);
#endif
	return i;
}

int g(int i)
{
	WARN_ON(i == 8);
	return i;
}
