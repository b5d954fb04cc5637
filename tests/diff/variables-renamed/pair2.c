#include "kernel.h"

#ifdef POST
#define counter nr_calls
#define counter_here nr_calls_here
#endif
extern int counter, counter_here;
int g(int i) { counter_here += i; return counter += i; }
