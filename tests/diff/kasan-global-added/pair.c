/* All globals of a unit are given to KASAN by a constructor, which ran at boot: a new one goes without that. */
#include "kernel.h"

static int counter = 3;
#ifdef POST
static int added = 5;
#endif

int changed(int i)
{
#ifdef POST
	consume(added += i);
#endif
	return i;
}
int unchanged(int i)
{
	char buffer[32];

	use(buffer);
	consume(counter += i);
	return buffer[i];
}
