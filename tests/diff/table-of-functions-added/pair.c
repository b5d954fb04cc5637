/* A table that only new code has. */
#include "kernel.h"

struct ops { int (*run)(int i); };

static noinline used int run(int i)
{
#ifdef POST
	consume(i + 1);
#endif
	return i * 5;
}

#ifdef POST
static noinline int stop(int i) { return -i; }
static const struct ops table[] = { { run }, { stop } };

int f(int i) { return table[i].run(i); }
#else
int f(int i) { return run(i); }
#endif
