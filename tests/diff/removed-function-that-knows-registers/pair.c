/*
 * In a file that is not traced, gcc keeps what removed() needs behind its call in a register that work() does not touch: -fipa-ra.
 * The new work() may, and of its callers only those that are left know.
 */
#include "kernel.h"

#define notrace __attribute__((no_instrument_function, patchable_function_entry(0, 0)))
extern int state;
extern void add_timer(void *fn);

notrace static noinline void work(void)
{
#ifdef POST
	state *= 3;
#endif
	state++;
}

#ifdef POST
notrace static long expired(long i) { work(); return i + 2; }
void start(void) { add_timer(expired); work(); }
#else
notrace static long removed(long i) { work(); return i + 1; }
void start(void) { add_timer(removed); work(); }
#endif
