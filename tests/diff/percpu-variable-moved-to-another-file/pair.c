/* The counter of each CPU, with the function that counts, goes to the other unit: there would be two counters. */
#include "kernel.h"

#ifndef POST
__attribute__((__section__(".data..percpu"))) int counter;
int count(int i) { return counter += i; }
#else
extern int count(int i);
#endif

int f(int i) { return count(i) * 3; }
