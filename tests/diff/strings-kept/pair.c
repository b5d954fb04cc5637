/* Who keeps a pointer to a string keeps the kernel's, if it is known where that is: if matched code refers to it. */
#include "kernel.h"

extern void keep(const char *name);
extern int probe(int i);

#ifdef POST
#define CHANGED consume(i)
#else
#define CHANGED
#endif

int f(int i)
{
	CHANGED;
	keep("in both");
	keep("of g, too");
#ifdef POST
	keep("in g alone");
	keep("new here");
	keep("of a weak function");
	keep("in an alternative");
	keep("in init code");
	keep("in data");
#endif
	return i;
}

int g(int i)
{
	keep("of g, too");
	keep("in g alone");
	return i;
}

__attribute__((weak)) int weak(int i)
{
	keep("of a weak function");
	return i;
}

int alternative(int i)
{
	asm volatile("661:\tmovq %0, %%rdi\n662:\n"
		     ".pushsection .altinstructions,\"a\"\n"
		     "\t.long 661b - .\n\t.long 663f - .\n\t" FEATURE "308\n"
		     "\t.byte 662b - 661b\n\t.byte 664f - 663f\n.popsection\n"
		     ".pushsection .altinstr_replacement, \"ax\"\n663:\tclac\n664:\n.popsection"
		     : : "i" ("in an alternative") : "rdi");
	return i;
}

int __init init(int i)
{
	keep("in init code");
	return i;
}

const char *const names[] = { "in data" };
