#include "kernel.h"

#ifdef POST
static
#endif
int tally(int i) { return i * 7; }
void hand_out_another(void) { use(tally); }
int g(int i)
{
#ifdef POST
	consume(i);
#endif
	return i;
}
