#include "kernel.h"

extern int tally(int i);
#ifdef POST
#include "moved.h"
#endif

int g(int i)
{
#ifdef POST
	i = tally(i);
#endif
	return i * 3;
}
