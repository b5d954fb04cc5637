#include "kernel.h"

#if defined(POST) || defined(RENUMBERED)
#line 200
#endif
int f(int i)
{
	WARN_ON(i == 7);
	return i;
}
