#include "kernel.h"

#ifdef POST
static int counter;
int count(int i) { consume(i); return counter += i; }
#endif

int g(int i) { return i * 3; }
