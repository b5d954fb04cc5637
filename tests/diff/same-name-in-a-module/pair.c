#include "kernel.h"

void schedule(void)
{
#ifdef POST
	consume(1);
#endif
	consume(0);
}
