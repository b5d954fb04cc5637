/* In the same directory, and no NMI comes there. */
#include "kernel.h"

int handle_irq(int i)
{
#ifdef POST
	consume(1);
#endif
	consume(i);
	return i;
}
