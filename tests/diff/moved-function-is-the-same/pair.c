/* A global function goes to the other unit with its helper and what only it uses: nothing changes, and nothing is replaced. */
#include "kernel.h"

extern int tally(int i);
#ifndef POST
#include "moved.h"
#endif
int f(int i) { return tally(i) * 3; }
