/* ASSERT_RTNL(); a line number that is a value; and one in a warning of a function that changed. */
#include "kernel.h"

extern void complain(const char *what, int line);

#if defined(POST) || defined(RENUMBERED)
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
	return __LINE__;
}

int h(int i)
{
	WARN_ON(i == 7);
#ifdef POST
	return i * 3;
#else
	return i;
#endif
}
