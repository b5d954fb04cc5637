#include "kernel.h"

#ifdef POST
noinline int g(int i) { return i + 1; }
EXPORT_SYMBOL(g);
int table[4];
EXPORT_SYMBOL(table);
int h(int i) { return i + 2; }
#else
int h(int i) { return i + 2; }
EXPORT_SYMBOL(h);
#endif
int f(int i)
{
#ifdef POST
	table[i & 3]++;
	return g(i);
#endif
	return i;
}
EXPORT_SYMBOL(f);
