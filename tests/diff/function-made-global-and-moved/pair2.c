#include "kernel.h"

#ifdef POST
extern int tally(int i);
int tally(int i) { consume(i); return i * 5; }
#endif
int g(int i) { return i * 3; }
