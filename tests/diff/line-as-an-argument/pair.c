/* ASSERT_RTNL(); and a number that is no line. */
#include "kernel.h"

extern void complain(const char *what, int line);

#ifdef POST
#line 2000 "pair.c"
#else
#line 1000 "pair.c"
#endif
int f(int i)
{
	WARN_ONCE(i == 7, "RTNL: assertion failed at %s (%d)\n", __FILE__, __LINE__);
	return i;
}

int g(int i)
{
	if (i == 7)
		complain(__FILE__, __LINE__);
	return i;
}
