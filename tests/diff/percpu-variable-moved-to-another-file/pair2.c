#include "kernel.h"

#ifdef POST
static __attribute__((__section__(".data..percpu"))) int counter;
int count(int i) { consume(i); return counter += i; }
#endif

int g(int i) { return i * 3; }
