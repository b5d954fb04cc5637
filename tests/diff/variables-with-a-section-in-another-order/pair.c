/*
 * With section anchors, as the kernel for ppc64le has them, variables with a section attribute lie in another order than without. What is read
 * through a pointer right away is what the pointer is about; of one that is handed on, or compared, that cannot be told.
 */
#include "kernel.h"

#define __read_mostly section(".data..read_mostly")

static int first __read_mostly = 1;
static int second __read_mostly = 2;
static int third __read_mostly = 3;

void f(void *m)
{
#ifdef POST
	seq_puts(m, "new");
#endif
	if (first)
		consume(second);
	third = 4;
}

void g(void)
{
	consume(first + second + third);
}
