#include "kernel.h"

static section(".data..percpu") used int old;
#ifdef POST
static section(".data..percpu..shared_aligned") __attribute__((aligned(64))) used int added[4];
static section(".data..percpu") used long other = 5;
#endif

int f(int i)
{
#ifdef POST
	asm volatile("incl %%gs:%0" : "+m" (added[0]));
	asm volatile("incl %%gs:%0" : "+m" (other));
#endif
	asm volatile("incl %%gs:%0" : "+m" (old));
	return i;
}
