#include "kernel.h"

#ifdef POST
int counter = 7;
#else
extern int counter;
#endif

int g(int i)
{
#ifdef POST
	counter++;
#endif
	return i * 3 + counter;
}
