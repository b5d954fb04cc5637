/* numbers -> rows -> f */
#include "kernel.h"

#ifdef POST
static const int row[] = { 1, 2, 30 };
#else
static const int row[] = { 1, 2, 3 };
#endif
static const int kept[] = { 4, 5, 6 };
static const int *const rows[] = { row, kept, row + 1 };

int f(int i, int k) { return rows[i][k]; }
