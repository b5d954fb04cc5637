#include "kernel.h"

#ifdef POST
static section(".data..percpu") used int grown[2];
#else
static section(".data..percpu") used int grown[1];
#endif

int f(int i)
{
#ifdef POST
	asm volatile("incl %%gs:%0" : "+m" (grown[1]));
#endif
	asm volatile("incl %%gs:%0" : "+m" (grown[0]));
	return i;
}
