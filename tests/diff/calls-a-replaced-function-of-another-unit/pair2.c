#include "kernel.h"

extern int state;
int replaced(int i)
{
	consume(i);
#ifdef POST
	state = i;
#endif
	return i;
}

#ifdef POST
int added(int i) { consume(i); return state; }
#endif
