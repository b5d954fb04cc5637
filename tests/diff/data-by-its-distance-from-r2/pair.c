/* The kernel lies too far from modules for that. */
#include "kernel.h"

static int variable;
#ifdef POST
int f(int i) { return variable += 2; }
#else
int f(int i) { return variable += 1; }
#endif
