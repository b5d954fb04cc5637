/* Each helper has a variable of its own, wherever it is inlined. By who mentions it, each would get the value of the other. */
#include "kernel.h"

static inline __attribute__((always_inline)) int sum(int i) { static int last; last += i; consume(last); return last; }
static inline __attribute__((always_inline)) int mix(int i) { static int last; last ^= i * 3; return last; }

#ifdef POST
int g(int i) { return mix(i); }
int h(int i) { return sum(i); }
#else
int g(int i) { return sum(i); }
int h(int i) { return mix(i); }
#endif
