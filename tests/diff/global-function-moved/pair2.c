#include "kernel.h"

#ifdef POST
extern int total;
extern int tally(int i);
noinline int tally(int i)
{
	if (i > 0)
		total += i;
	return total;
}
noinline void hand_out(void) { use(tally); }
#endif

int g(int i)
{
#ifdef POST
	hand_out();
#endif
	return i * 3;
}
