#include "kernel.h"

#ifdef POST
#line 200
#endif
int f(int i)
{
	WARN_ON(i == 7);
	return i;
}
