#include "kernel.h"

static int state;

#ifdef POST
static noinline int deeper(int i)
{
	printk("%s\n", __func__);
	return i * state;
}

static noinline int checked(int i)
{
	return i < 0 ? 0 : deeper(i);
}

/* Nothing that is carried calls it. */
int stranger(int i)
{
	return i ^ state;
}
#endif

int f(int i)
{
	state += i;
#ifdef POST
	return checked(i) + 1;
#else
	return i;
#endif
}
