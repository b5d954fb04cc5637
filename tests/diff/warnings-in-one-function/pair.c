/* The variable of a warning may start anew: then it is given once more. */
#include "kernel.h"

long f(long i)
{
#ifdef POST
	WARN_ONCE(i > 3, "more than three\n");
#endif
	WARN_ONCE(i > 4, "more than four\n");
	return i;
}
