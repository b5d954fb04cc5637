#include "kernel.h"

#ifdef POST
static int tally(int i) { return i * 5; }
#endif

int g(int i)
{
#ifdef POST
	consume(1);
	use(tally);
#endif
	return i * 3;
}
