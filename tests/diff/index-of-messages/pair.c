/* CONFIG_PRINTK_INDEX: printk() leaves an entry of .printk_index, which its function does not refer to. */
#include "kernel.h"
#include "printk_index.h"

int unchanged(int i) { return pr("unchanged %d\n", i); }

#ifdef POST
#define CHANGED "is %d\n"
#else
#define CHANGED "was %d\n"
#endif

int changed(int i)
{
	pr("stays %d\n", i);
	return pr(CHANGED, i);
}

#ifdef POST
noinline int added_function(int i) { return pr("in a new function %d\n", i); }
#endif

static inline int inlined(int i) { return pr("inlined %d\n", i); }

int added(int i)
{
#ifdef POST
	pr("added %d\n", i);
	added_function(i);
#endif
	inlined(i);
	return pr("stays, too %d\n", i);
}

int removed(int i)
{
#ifndef POST
	pr("removed %d\n", i);
#endif
	return i;
}

/* The same words as those of a function that changed. */
int last(int i) { return pr("stays %d\n", i); }
