/* The weak one comes into force when the strong one goes. The kernel has it, but by no name. */
#include "kernel.h"

extern int setup(int i);
__attribute__((weak)) noinline int setup(int i) { return i * 5; }
int caller(int i) { return setup(i) + 1; }
