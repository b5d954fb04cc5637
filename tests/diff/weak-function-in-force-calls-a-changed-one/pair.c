/* The kernel's copy of the weak one has never run: it must not be looked for. */
#include "kernel.h"

extern int setup(int i);
noinline int prepare(int i)
{
#ifdef POST
	consume(i);
#endif
	consume(1);
	return i;
}
__attribute__((weak)) noinline int setup(int i) { return prepare(i) * 5; }
