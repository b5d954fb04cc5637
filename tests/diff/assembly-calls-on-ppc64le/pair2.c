#include "kernel.h"

extern int state, added(int i);
#ifdef NEW
noinline int added(int i) { consume(i); return state; }
#endif
int changed(int i)
{
	consume(i);
#ifdef POST
	state = i;
#endif
	return i;
}
