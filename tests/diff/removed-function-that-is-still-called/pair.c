/* It could not be linked, unless another file has a definition, too. */
#include "kernel.h"

extern int setup(int i);
int caller(int i) { return setup(i) + 1; }
