#include "kernel.h"

int f(int i) { return i; }
int g(int i) { return i + 1; }
EXPORT_SYMBOL(f);
#ifdef POST
EXPORT_SYMBOL(g);
int h(int i) { return i + 2; }
#else
int h(int i) { return i + 2; }
EXPORT_SYMBOL(h);
#endif
