/* stop_machine() does not hold off a machine check. */
#include "kernel.h"

int handle_irq(int i)
{
#ifdef POST
	consume(1);
#endif
	consume(i);
	return i;
}
