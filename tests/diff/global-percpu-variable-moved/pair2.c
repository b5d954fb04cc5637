#include "kernel.h"

#define percpu __attribute__((__section__(".data..percpu")))
#ifdef POST
percpu int counter;
int g(int i) { consume(i); return counter += i; }
#else
extern int counter;
int g(int i) { return counter += i; }
#endif
