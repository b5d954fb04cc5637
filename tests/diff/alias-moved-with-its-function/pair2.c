/* Both names of the function go with it. */
#include "kernel.h"

#ifdef POST
int tally(int i) { return i * 6; }
int count(int i) __attribute__((alias("tally")));
#endif
int g(int i) { return i; }
