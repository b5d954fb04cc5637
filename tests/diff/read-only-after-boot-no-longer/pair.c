/* New code writes to what is read-only memory in the running kernel. */
#include "kernel.h"

#ifdef POST
#define writable
#include "author.h"
#else
#define writable __ro_after_init
#endif
int limit writable;
int enabled writable = 1;
/* Taken as new, so the kernel's does not matter. */
static int fresh writable = 1;
/* The author knows better. */
static int known writable = 1;
#ifdef POST
ksplice_data_new(fresh);
ksplice_data_ignore(known);
#endif

void __init init(int i) { known = limit = enabled = i; }

int f(int i)
{
#ifdef POST
	limit = i;
#endif
	return limit + enabled;
}
int g(int i)
{
	i += known;
#ifdef POST
	fresh++;
#endif
	return fresh + i;
}
