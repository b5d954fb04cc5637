#include "kernel.h"

#ifdef POST
int limit = 20;
static int first[4] = { 1 };
#else
int limit = 10;
static int first[3] = { 1 };
#endif
#ifdef POST
int was_zero = 1;
#else
int was_zero;
#endif

int f(int i) { return i > limit ? first[i] : first[1] + was_zero; }
int g(int i) { first[i] = i; return 0; }
