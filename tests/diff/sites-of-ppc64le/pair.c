/* What the kernel rewrites: arch/powerpc/include/asm/{feature-fixups,jump_label,barrier}.h, and the ftrace entry. */
#include "ppc64le.h"

static struct static_key key;

#ifdef POST
#define OF_POST 2
#else
#define OF_POST 1
#endif

int label(void)
{
	return static_branch(&key);
}

void lwsync(int *p)
{
	asm volatile("1:\tisync\n" FIXUP(__lwsync_fixup) : : "r" (p) : "memory");
}

void barrier(void)
{
	asm volatile("1:\tnop\n" FIXUP(__barrier_nospec_fixup));
}

void feature(void)
{
	FTR_IF("nop; isync", "eieio", OF_POST);
}

void branch(void)
{
	FTR_IF("nop", "bl printk", 1);
}

/* The other code alone. */
void replacement(void)
{
#ifdef POST
	FTR_IF("nop; nop", "eieio", 1);
#else
	FTR_IF("nop; nop", "isync", 1);
#endif
}
