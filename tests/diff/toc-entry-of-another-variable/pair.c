/* What another file defines is reached through a pointer in .toc: which pointer that is, and in what order they lie, is nothing. */
#include "kernel.h"

extern int first, second, third;

#ifdef POST
int other(void) { return third; }
#endif
int same(void) { return first + second; }
#ifdef POST
int changed(void) { return second; }
#else
int changed(void) { return first; }
#endif
