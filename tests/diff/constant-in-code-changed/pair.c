#include "kernel.h"

int f(int i)
{
#ifdef POST
	return i * 1000003;
#else
	return i * 1000001;
#endif
}
