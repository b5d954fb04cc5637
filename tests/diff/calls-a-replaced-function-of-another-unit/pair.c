/* What is replaced comes back with the target's TOC pointer, in whichever unit it is: so it is called by way of a piece. */
#include "kernel.h"

extern int state, replaced(int i), added(int i);
int caller(int i)
{
#ifdef POST
	i = added(i) + 1;
#endif
	i = replaced(i);
	return i + state;
}
