/* It moves, and begins with another value: that is no other question than in one file. */
#include "kernel.h"

#ifdef POST
int counter = 8;
#else
extern int counter;
#endif
int g(int i) { return i * 3 + counter; }
