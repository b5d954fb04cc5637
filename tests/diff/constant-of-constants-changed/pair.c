/* names -> list -> f */
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
static noinline int stop(int i)
{
	return -i;
}
#define TWO stop
#else
#define TWO run
#endif

static const struct ops inner[] = { { run }, { TWO } };
static const struct ops *const outer[] = { inner, inner + 1 };

int f(int i) { return outer[i]->run(i); }
