/* The running kernel's pointer leads to the old table. */
#include "kernel.h"

#ifdef POST
static const int table[] = { 1, 2, 30 };
#else
static const int table[] = { 1, 2, 3 };
#endif
const int *current_table = table;

int f(int i) { return current_table[i]; }
