/* Nothing that runs changes. */
#include "kernel.h"

extern void fail(void) cold;
extern int setup(int i);
__attribute__((weak)) noinline int setup(int i)
{
#ifdef POST
	if (i > 1000) {
		fail();
		consume(i);
	}
#endif
	return i;
}
