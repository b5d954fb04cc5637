/* A call goes to the new code; a pointer is the address that the rest of the kernel knows. */
#include "kernel.h"

noinline int f(int i)
{
#ifdef POST
	consume(i);
#endif
	return i * 3;
}

noinline int unchanged(int i)
{
	return i * 5;
}

#ifdef POST
static int (*pointer)(int i) = f;
#endif

int g(int i)
{
#ifdef POST
	use(&pointer);
	use(f);
	use(unchanged);
	use(&g);
	return f(i) + unchanged(i);
#else
	return i;
#endif
}
