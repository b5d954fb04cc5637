#include "kernel.h"

#ifdef POST
extern int counter;
int tally(int i) { return counter += i; }
#endif

int g(int i) { return i * 3; }
