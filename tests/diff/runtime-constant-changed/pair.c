/* The bytes are the same, the constants are not. */
#include "kernel.h"

extern ulong one, other;

int f(ulong i)
{
	consume(i);
#ifdef POST
	return i > runtime_const_ptr(other);
#else
	return i > runtime_const_ptr(one);
#endif
}
