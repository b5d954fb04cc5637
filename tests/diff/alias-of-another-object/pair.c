/* Other units know c by its address, which is that of a. */
#include "kernel.h"

int a = 1, b = 1;
#ifdef POST
extern int c __attribute__((alias("b")));
#else
extern int c __attribute__((alias("a")));
#endif
int f(int i) { return i; }
