/* Two become one: no renaming. */
#include "kernel.h"

#ifdef POST
static int both;
#define first both
#define second both
#else
static int first, second;
#endif
int f(int i) { consume(first); return second += i; }
int g(int i) { use(&first); use(&second); return i; }
