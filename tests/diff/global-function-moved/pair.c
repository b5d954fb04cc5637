/* A global function goes to the other unit, and is mended there. Who calls it from a unit that the diff does not touch, or by a pointer, must come to the new one. */
#include "kernel.h"

extern int tally(int i);
extern int total;
int total;
#ifndef POST
__attribute__((noipa)) int tally(int i)
{
	total += i;
	return total;
}
#endif

struct ops { int (*count)(int i); };
const struct ops table = { .count = tally };
int f(int i) { return tally(i) * 3; }
