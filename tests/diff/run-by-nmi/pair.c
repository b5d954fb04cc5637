/* stop_machine() does not hold off an NMI, and the counters of perf send them. */
#include "kernel.h"

int handle_irq(int i)
{
#ifdef POST
	consume(1);
#endif
	consume(i);
	return i;
}
