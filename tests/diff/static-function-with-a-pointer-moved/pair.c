/* Who has a pointer to the static function goes on with the old one; whether the other unit's is the same one, nobody tells. */
#include "kernel.h"

#ifndef POST
static int tally(int i) { return i * 5; }
void hand_out(void) { use(tally); }
#endif
int f(int i) { return i; }
