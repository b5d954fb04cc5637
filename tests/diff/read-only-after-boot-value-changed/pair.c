#include "kernel.h"

#ifdef POST
static int limit __ro_after_init = 8;
#else
static int limit __ro_after_init = 7;
#endif

void __init init(int i) { limit += i; }
int f(int i) { return i + limit; }
