/* The old function and the new one are the same: it does not matter which one a pointer leads to. */
#include "kernel.h"

#ifndef POST
static int tally(int i) { return i * 5; }
void hand_out(void) { use(tally); }
#endif
int f(int i) { return i; }
