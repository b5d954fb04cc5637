/* A global variable is what its name is: in another file it is still the one that the kernel has. */
#include "kernel.h"

#ifndef POST
int counter = 7;
#else
extern int counter;
#endif

int f(int i) { return counter += i; }
