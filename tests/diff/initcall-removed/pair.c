/* Nobody can take back what an initcall did, but the author of the diff; who is told. */
#include "kernel.h"

#ifndef POST
static int __init f_init(void)
{
	consume(2);
	return 0;
}
static section(".initcall6.init") used int (*__initcall_f)(void) = f_init;
static section(".pci_fixup_final") used int fixup[4];
#endif
int f(int i)
{
#ifdef POST
	consume(i);
#endif
	return i;
}
