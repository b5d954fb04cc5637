/* CONFIG_KASAN: frames and globals are described with the lines in which they are declared. */
#include "kernel.h"

int changed(int i)
{
#ifdef POST
	consume(i);
#endif
	return i;
}

#if defined(POST) || defined(RENUMBERED)
# 100 "pair.c"
#endif
static int counter = 3;
int unchanged(int i)
{
	char buffer[32];

	use(buffer);
	consume(counter += i);
	return buffer[i];
}
