#include "kernel.h"

int f(void *m)
{
#ifdef POST
	seq_puts(m, "after\n");
#else
	seq_puts(m, "befor\n");
#endif
	return 0;
}

int g(void *m)
{
	seq_puts(m, "both\n");
	return 0;
}
