/* A strong definition beside the weak one, which runs until then: the linker would take the strong one, so the weak one is replaced by it. */
#include "kernel.h"

extern int setup(int i);
__attribute__((weak)) noinline int setup(int i) { return i * 5; }
int caller(int i) { return setup(i) + 1; }
