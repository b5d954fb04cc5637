/* As any global variable, one of each CPU is what its name is. */
#include "kernel.h"

#define percpu __attribute__((__section__(".data..percpu")))
#ifndef POST
percpu int counter;
#else
extern int counter;
#endif
int f(int i) { return counter += i; }
