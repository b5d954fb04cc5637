#include "kernel.h"

#ifdef POST
static int __init f_init(void)
{
	consume(2);
	return 0;
}
static section(".initcall6.init") used int (*__initcall_f)(void) = f_init;
#endif
int f(int i) { return i; }
