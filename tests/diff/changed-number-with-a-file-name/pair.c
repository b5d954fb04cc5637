/* What the diff changes is a change, though it is printed like a line number. */
#include "kernel.h"

#if defined(POST) || defined(RENUMBERED)
#line 2000 "pair.c"
#endif

#ifdef POST
#define NUMBER 2000
#else
#define NUMBER 1000
#endif

int f(int i)
{
	__warn_printk("%s %d\n", "pair.c", NUMBER);
	return i;
}

int g(int i)
{
	__warn_printk("%s %d\n", "pair.c", __LINE__);
	return i;
}
