#include "kernel.h"

__attribute__((weak)) int f(int i)
{
#ifdef POST
	consume(i);
#endif
	return i;
}
