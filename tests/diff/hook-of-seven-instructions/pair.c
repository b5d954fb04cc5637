/* Room for the hook is behind the ftrace entry, which is behind what sets r2 up, if that is needed; else it goes through ftrace. */
#include "ppc64le.h"

#ifdef POST
#define N 2
#else
#define N 1
#endif

extern int variable;
static struct static_key key;

int with_toc(int i) { return variable * i / 3 + N; }
int without_toc(int i) { return (i * 12345 ^ i / 17) / (i + N); }
int short_one(void) { return N; }
int over_a_jump_label(int i) { return static_branch(&key) ? variable * i / 3 + N : i; }
int over_a_barrier(int i)
{
	asm volatile("1:\tnop\n" FIXUP(__barrier_nospec_fixup));
	return variable * i / 3 + N;
}
/* Written once, at boot. */
int over_a_feature(int i)
{
	FTR_IF("nop; isync", "eieio", 1);
	return variable * i / 3 + N;
}
__attribute__((no_instrument_function)) int without_ftrace(int i) { return variable * i / 3 + N; }
__attribute__((no_instrument_function)) int short_without_ftrace(int i) { return N; }
