#include "kernel.h"

extern int before(int i), after(int i);

int f(int i)
{
#ifdef POST
	return after(i) + 1;
#else
	return before(i) + 1;
#endif
}
