/* The only message of a unit, so that its entry in .printk_index is known to be the same one, but for what it says. */
#include "kernel.h"
#include "printk_index.h"

#ifdef POST
#define CHANGED "is %d\n"
#else
#define CHANGED "was %d\n"
#endif

int changed(int i) { return pr(CHANGED, i); }
int unchanged(int i) { return i; }
