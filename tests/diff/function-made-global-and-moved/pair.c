/* A static function of a table becomes global, in the other unit: the table is the same, and whoever has its pointer comes to the new one. */
#include "kernel.h"

#ifdef POST
extern int tally(int i);
#else
static int tally(int i) { return i * 5; }
#endif

struct ops { int (*count)(int i); };
struct ops table = { .count = tally };
int f(int i) { return i; }
