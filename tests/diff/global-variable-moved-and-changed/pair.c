#include "kernel.h"

#ifndef POST
int counter = 7;
#endif
int f(int i) { return i; }
