/* The unit called a function of that name before: there is one, where the diff does not come to. */
#include "kernel.h"

extern int setup(int i);
int caller(int i) { return setup(i) + 1; }
