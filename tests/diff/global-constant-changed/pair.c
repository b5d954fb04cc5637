#include "kernel.h"

#ifdef POST
const int table[] = { 1, 2, 30 };
#else
const int table[] = { 1, 2, 3 };
#endif

int f(int i) { return table[i]; }
