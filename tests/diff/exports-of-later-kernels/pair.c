/* include/linux/export.h since 6.5 */
#include "kernel.h"

#define EXPORT(sym) \
	asm(".pushsection .export_symbol, \"a\"\n__export_symbol_" #sym ":\n" \
	    ".asciz \"GPL\"\n.asciz \"\"\n.balign 8\n.quad " #sym "\n.popsection")

noinline int g(int i) { return i + 1; }
int h(int i) { return i + 2; }
int f(int i)
{
#ifdef POST
	return g(i);
#endif
	return i;
}
EXPORT(f);
#ifdef POST
EXPORT(g);
#else
EXPORT(h);
#endif
