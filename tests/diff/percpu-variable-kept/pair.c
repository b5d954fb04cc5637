#include "kernel.h"

static section(".data..percpu") used int hits;

int f(int i)
{
	asm volatile("incl %%gs:%0" : "+m" (hits));
#ifdef POST
	i *= 3;
#endif
	return i;
}
