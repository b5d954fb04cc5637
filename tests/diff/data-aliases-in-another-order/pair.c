/* The first one mentioned comes first in the object, and names the variable. It is the same all the same. */
#include "kernel.h"

int a = 3;
extern int b __attribute__((alias("a")));

int f(int i)
{
#ifdef POST
	b += i;
#endif
	return i;
}
