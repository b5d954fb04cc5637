/* Descriptors hold line numbers, and their names count; the old ones stay where "dynamic_debug/control" finds them. */
#include "kernel.h"

#ifdef POST
#line 500
int first(int i)
{
	consume(i);
	pr_debug("in first %d\n", i);
	return i;
}
#else
int first(int i)
{
	consume(i);
	return i;
}
#endif

int second(int i)
{
	consume(i);
	pr_debug("in second %d\n", i);
	return i;
}

int third(int i)
{
	consume(i);
	pr_debug("in third %d\n", i);
#ifdef POST
	return i * 3;
#else
	return i;
#endif
}
