#include "kernel.h"

extern int setup(int i) __attribute__((weak));
int setup(int i) { return i * 2; }
int g(int i)
{
#ifdef POST
	consume(i);
#endif
	return setup(i);
}
