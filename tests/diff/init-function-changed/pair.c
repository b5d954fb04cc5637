#include "kernel.h"

int __init f_init(void)
{
#ifdef POST
	consume(2);
#else
	consume(1);
#endif
	return 0;
}
int f(int i) { return i; }
