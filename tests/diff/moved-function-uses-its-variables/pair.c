/* The moved function is the same, and its variables go with it. Another function, which changes, uses them where they are in the kernel. */
#include "kernel.h"

extern int tally(int i);
#ifndef POST
#include "moved.h"
#endif
