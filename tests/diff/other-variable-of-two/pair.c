/* The function is the same but for the variable; but the one that it used is still there. */
#include "kernel.h"

static int counter;
#ifdef POST
static int counter_of_f;
#else
#define counter_of_f counter
#endif

int f(int i) { return counter_of_f += i; }
int g(int i) { return counter -= i; }
