/* Constants of functions, renumbered: those that are equal are the kernel's, the others are carried. */
#include "kernel.h"

#ifdef POST
const int *added(int i)
{
	static const int names[] = { 9, 8, 7 };

	return names + i;
}
#endif

const int *f(int i)
{
	static const int names[] = { 1, 2, 3 };

	return names + i;
}

const int *g(int i)
{
#ifdef POST
	static const int names[] = { 4, 5, 60 };
	consume(i);
#else
	static const int names[] = { 4, 5, 6 };
#endif
	return names + i;
}
