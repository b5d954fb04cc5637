/* A function goes to the other unit; the variable that it uses stays, and is no longer static. */
#include "kernel.h"

#ifndef POST
static
#endif
int counter;
#ifndef POST
static noinline int tally(int i) { return counter += i; }
#else
extern int tally(int i);
#endif

int f(int i) { return tally(i) * 3; }
int read_counter(void) { return counter; }
