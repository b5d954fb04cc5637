#include "kernel.h"

#ifdef POST
static const int table[] = { 1, 2, 30, 4, 5 };
#else
static const int table[] = { 1, 2, 3, 4, 5 };
#endif
static const int other[] = { 6, 7, 8 };

int f(int i) { return table[i]; }
int g(int i) { return table[i] + other[i]; }
int h(int i) { return other[i]; }
