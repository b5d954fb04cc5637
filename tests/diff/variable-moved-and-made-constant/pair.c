#include "kernel.h"

#ifndef POST
int limits[2] = { 7, 8 };
#endif
int f(int i) { return i; }
