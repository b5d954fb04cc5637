/* A static and a global function exchange their names: who calls by the name from elsewhere gets the old one. */
#include "kernel.h"

#ifndef POST
static
#endif
int tally(int i) { return i * 5; }
void hand_out(void) { use(tally); }
