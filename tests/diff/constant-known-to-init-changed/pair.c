/* Registered at boot: the kernel holds the old one. */
#include "kernel.h"

#ifdef POST
static const int table[] = { 1, 2, 30 };
#else
static const int table[] = { 1, 2, 3 };
#endif

int __init f_init(void)
{
	use((void *)table);
	return 0;
}
int f(int i) { return table[i]; }
