/* Lines move, and another function changes: the index has the lines in which messages are, and nobody is told of others. */
#include "kernel.h"
#include "printk_index.h"

int changed(int i)
{
#ifdef POST
	consume(i);
#endif
	return i;
}

#ifdef POST

#endif
int unchanged(int i) { return pr("unchanged %d\n", i); }
