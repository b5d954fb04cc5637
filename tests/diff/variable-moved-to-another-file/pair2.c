#include "kernel.h"

#ifdef POST
int counter;
int count(int i) { return counter += i; }
#endif

int g(int i) { return i * 3; }
