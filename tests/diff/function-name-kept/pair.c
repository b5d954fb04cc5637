/* __func__ is a constant without identity; the kernel's is taken where it has one. */
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

int first(int i)
{
#ifdef POST
	printk("%s\n", __func__);
#endif
	return i;
}
