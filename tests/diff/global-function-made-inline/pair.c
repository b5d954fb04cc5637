/* A function that becomes an inline one of a header changes its callers, and nobody is left who calls the old one. */
#include "kernel.h"

#ifdef POST
static inline int setup(int i) { return i * 3; }
#else
extern int setup(int i);
#endif
int caller(int i) { return setup(i) + 1; }
