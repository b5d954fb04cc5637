#include "kernel.h"

#ifdef POST
extern const int limit;
int other(int i) { return i * 5; }
#else
extern int limit;
int other(int i) { return i * 3; }
#endif

int f(int i) { return i + limit; }
