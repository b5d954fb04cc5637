#include "kernel.h"

#ifdef POST
extern int worker(int i, int j);
int user(int i) { return worker(i, 7) + 1; }
#else
extern int worker(int i);
int user(int i) { return worker(i) + 1; }
#endif
