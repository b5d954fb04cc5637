/*
 * The kernel writes the value of a variable into its own code at boot, not into modules: the new code reads the variable.
 * One is another unit's, the other this one's.
 */
#include "kernel.h"

extern ulong USER_PTR_MAX;
static used void **table;

int f(ulong i)
{
	if (i > runtime_const_ptr(USER_PTR_MAX))
		return -1;
#ifdef POST
	consume(i);
#endif
	use(runtime_const_ptr(table) + i);
	return 0;
}

int kept(ulong i)
{
	consume(i);
	return i > runtime_const_ptr(USER_PTR_MAX);
}
