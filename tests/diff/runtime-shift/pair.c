/* How far to shift is written into the kernel's code at boot; there is no shift by a variable that is as short. */
#include "kernel.h"

unsigned int f(unsigned int i)
{
	consume(i);
#ifdef POST
	consume(i);
#endif
	return runtime_const_shift_right_32(i, hash_shift);
}

unsigned int kept(unsigned int i)
{
	consume(i);
	return runtime_const_shift_right_32(i, hash_shift);
}
