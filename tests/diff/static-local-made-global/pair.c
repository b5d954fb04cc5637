/* The variable of a function becomes that of the file, for a helper: it would begin with 1 again. */
#include "kernel.h"

extern int use_count(int i);

#ifdef POST
static int counter = 1;
static __attribute__((__noinline__)) int bump(int i) { return counter += i; }
int f(int i) { return use_count(bump(i)); }
#else
int f(int i)
{
	static int counter = 1;

	counter += i;
	return use_count(counter);
}
#endif
