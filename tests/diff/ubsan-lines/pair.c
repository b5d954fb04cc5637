/* The records have line numbers: they move, and the code is the same. */
#include "kernel.h"

static int table[8] = { 1, 2 };

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
int unchanged(int i, unsigned int n) { consume(table[n]); return i << n; }
int also_changed(int i, unsigned int n)
{
#ifdef POST
	i++;
#endif
	consume(table[n]);
	return i >> n;
}
