/* The static counter, with the function that counts and changes, goes to the other unit: there would be two counters. */
#include "kernel.h"

#ifndef POST
static int counter;
int count(int i) { return counter += i; }
#else
extern int count(int i);
#endif

int f(int i) { return count(i) * 3; }
