#include "kernel.h"

#define PERCPU section(".data..percpu")
#ifdef POST
static PERCPU used int grown[2];
static PERCPU used int added;
#else
static PERCPU used int grown[1];
#endif

int f(int i)
{
#ifdef POST
	asm volatile("incl %%gs:%0" : "+m" (added));
#endif
	asm volatile("incl %%gs:%0" : "+m" (grown[0]));
	return i;
}
