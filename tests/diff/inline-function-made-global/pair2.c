#include "kernel.h"

#ifndef POST
static noinline int setup(int i) { consume(i); return i * 3; }
#else
int setup(int i) { consume(i); return i * 7; }
#endif
int g(int i) { return setup(i); }
