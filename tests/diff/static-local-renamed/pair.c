#include "kernel.h"

int f(int i)
{
#ifdef POST
	static int nr;
#define calls nr
#else
	static int calls;
#endif
	return calls += i;
}
