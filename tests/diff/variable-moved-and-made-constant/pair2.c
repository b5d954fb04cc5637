#include "kernel.h"

#ifdef POST
extern const int limits[2];
const int limits[2] = { 7, 8 };
#else
extern int limits[2];
#endif
int g(int i)
{
#ifdef POST
	consume(i);
#endif
	return i * 3 + *(volatile int *)&limits[i & 1];
}
