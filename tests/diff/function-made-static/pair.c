#include "kernel.h"

#ifdef POST
static
#endif
noinline int helper(int i)
{
	consume(i);
	return i;
}
int f(int i) { return helper(i) * 3; }
