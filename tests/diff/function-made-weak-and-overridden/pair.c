/* The function becomes a default, and another file's runs instead. */
#include "kernel.h"

extern int setup(int i);
#ifdef POST
__attribute__((weak))
#endif
noinline int setup(int i) { return i * 5; }
