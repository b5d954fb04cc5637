/* Two static variables of one name, told apart by warnings whose lines moved. */
#include "kernel.h"

#if defined(POST) || defined(RENUMBERED)
#line 2000 "pair.c"
#endif

#ifdef POST
int added(int i)
{
	static int last;

	consume(i);
	return last += i;
}
#endif

int f(int i)
{
	static int last;

	WARN_ON(i == 7);
	return last += i;
}

int g(int i)
{
	static int last;

	WARN_ON(i == 8);
	return last -= i;
}

int h(int i)
{
#ifdef POST
	return added(i) + f(i) + g(i);
#else
	return f(i) + g(i);
#endif
}
