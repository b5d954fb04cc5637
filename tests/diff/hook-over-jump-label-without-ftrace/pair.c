#include "kernel.h"

extern struct static_key one;

__attribute__((no_instrument_function)) int f(int i)
{
	if (static_branch(&one))
		consume(i + 1);
#ifdef POST
	return i * 3;
#else
	return i;
#endif
}
