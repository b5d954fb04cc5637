#include "kernel.h"

section(".exit.text") void f_exit(void)
{
#ifdef POST
	consume(2);
#endif
	consume(1);
}

int f(int i)
{
#ifdef POST
	consume(i);
#endif
	return i;
}
