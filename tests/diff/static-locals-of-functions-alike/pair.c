/* All three do the same with their own; the one that changes keeps it. */
#include "kernel.h"

#define WARN(text) do { static int warned; if (!warned) { warned = 1; printk(text); } } while (0)

void f(int i) { WARN("f\n"); consume(i); }
void g(int i)
{
#ifdef POST
	if (i > 3)
		return;
	consume(i);
	WARN("g again\n");
#else
	WARN("g\n");
#endif
	consume(i);
}
void h(int i) { WARN("h\n"); consume(i); }
