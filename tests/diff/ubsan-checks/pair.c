/*
 * CONFIG_UBSAN: each check has a record, .data..Lubsan_dataN, which names the place, and a mark there that it was reported; types
 * have names in .data..Lubsan_typeN.  A new check in the middle renumbers all of them.
 */
#include "kernel.h"

static int table[8] = { 1, 2 };
int other_table[5];
enum kind { ONE, TWO };

int first(int i, unsigned int n) { consume(table[i]); other_table[n & 3] = i; return i << n; }
int middle(int i, unsigned int n)
{
	/* On one line, so that only what it does changes. */
#ifdef POST
# 17 "pair.c"
	consume(other_table[n]); consume(i << n);
#else
# 17 "pair.c"
	consume(i);
#endif
# 20 "pair.c"
	return n;
}
int last(int i, unsigned int n) { consume(table[n]); return n >> i; }
