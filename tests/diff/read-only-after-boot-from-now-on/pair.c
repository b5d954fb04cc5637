/* That it could be read-only is no change of what runs; the kernel's stays where it is, and can be written. */
#include "kernel.h"

#ifndef POST
#undef __ro_after_init
#define __ro_after_init
#endif
static int limit __ro_after_init;
int enabled __ro_after_init = 1;

void __init init(int i) { limit = i; }

int f(int i)
{
#ifdef POST
	consume(i);
#endif
	return limit + enabled;
}
