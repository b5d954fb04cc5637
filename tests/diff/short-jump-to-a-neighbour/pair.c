/* In a section that functions share, the assembler makes a near tail call a short jump without a relocation. */
#include "kernel.h"

static noinline section(".shared.text") int first(int i)
{
	consume(i);
	return i;
}

section(".shared.text") int second(int i)
{
#ifdef POST
	consume(i + 1);
#endif
	return first(i);
}
