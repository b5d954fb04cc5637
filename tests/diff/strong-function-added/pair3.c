/* Changes, and calls it. */
#include "kernel.h"

extern int setup(int i);
int h(int i)
{
#ifdef POST
	consume(i);
	use(setup);
#endif
	return setup(i);
}
