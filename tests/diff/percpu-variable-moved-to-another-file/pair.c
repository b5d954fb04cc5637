/* The static counter of each CPU, with the function that counts and changes, goes to the other unit: there would be two. */
#include "kernel.h"

#ifndef POST
static __attribute__((__section__(".data..percpu"))) int counter;
int count(int i) { return counter += i; }
#else
extern int count(int i);
#endif

int f(int i) { return count(i) * 3; }
