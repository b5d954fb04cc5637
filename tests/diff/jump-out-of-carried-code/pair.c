/* What the module loader does with it would lose r2 of a caller in a module. */
#include "kernel.h"

extern int variable;
extern int outside(int i);
static noinline int kept(int i) { return outside(i + variable) * 3; }
#ifdef POST
int f(int i) { return kept(variable + 2); }
#else
int f(int i) { return kept(variable + 1); }
#endif
