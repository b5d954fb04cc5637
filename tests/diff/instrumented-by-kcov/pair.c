/* CONFIG_KCOV: a call at the begin of each block and at each comparison. */
#include "kernel.h"

static int counter = 3;
int changed(int i)
{
	char buffer[32];

	use(buffer);
#ifdef POST
	if (buffer[1] == i)
		return counter;
#endif
	return buffer[i];
}
#if defined(POST) || defined(RENUMBERED)
# 100 "pair.c"
#endif
int unchanged(int i)
{
	char buffer[32];

	use(buffer);
	if (buffer[0] == i)
		counter += i;
	return buffer[i];
}
