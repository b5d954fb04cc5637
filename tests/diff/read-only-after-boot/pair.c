/* Variables that only init code writes: the kernel's are used where they are, a new one is carried. */
#include "kernel.h"

static int limit __ro_after_init = 7;
void *table __ro_after_init;
static int other __ro_after_init;
#ifdef POST
static int added __ro_after_init = 5;
#endif

int __init init(int i)
{
	limit = i;
	other = i + 1;
	return i;
}

int f(int i)
{
#ifdef POST
	use(table);
	i += added;
#endif
	return i + limit;
}

int g(int i) { return i + other; }
