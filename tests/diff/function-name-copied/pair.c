/* __func__ is a constant without identity. */
#include "kernel.h"

int f(int i)
{
	printk("%s\n", __func__);
#ifdef POST
	consume(i);
#endif
	return i;
}

int g(int i)
{
	printk("%s\n", __func__);
	return i;
}
