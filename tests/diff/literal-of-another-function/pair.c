/* One literal for all who mention it, in the section of the first: where it is changes nothing. */
#include "kernel.h"

int first(void *m)
{
#ifdef POST
	consume(1);
#else
	seq_puts(m, "of both\n");
#endif
	return 1;
}

int f(void *m)
{
	seq_puts(m, "of both\n");
	return 2;
}
