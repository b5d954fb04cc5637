/* The old function's ftrace entry stays, and tracers are called there before the hook is met. */
#include "kernel.h"

#define notrace __attribute__((no_instrument_function, patchable_function_entry(0, 0)))

#ifdef POST
#define MARK notrace
#define UNMARK
#else
#define MARK
#define UNMARK notrace
#endif

MARK int made(int i) { consume(i); return i; }
UNMARK int unmade(int i) { consume(i); return i; }
notrace int always(int i)
{
	consume(i);
#ifdef POST
	consume(2);
#endif
	return i;
}
