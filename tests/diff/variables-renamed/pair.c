/* Two at once, of each CPU and of all, seen from another unit as well. */
#include "kernel.h"

#define percpu __attribute__((__section__(".data..percpu")))
#ifdef POST
#define counter nr_calls
#define counter_here nr_calls_here
#endif
int counter = 3;
percpu int counter_here;
int f(int i) { return counter_here += i; }
