#include "kernel.h"

#ifndef POST
int tally(int i) { return i * 5; }
int count(int i) __attribute__((alias("tally")));
#endif
int f(int i) { return i; }
