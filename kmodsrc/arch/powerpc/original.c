// SPDX-License-Identifier: GPL-2.0-only
/*
 * ppc64le: code as it is without what kprobes have written into it for the time being; and the trampolines that the kernel puts between a
 * call and ftrace.  Only what the kernel's own bookkeeping has for just this address is taken for such.
 */
#include <linux/kprobes.h>
#include <linux/uaccess.h>

#include "../../core.h"
#include "../../symbols.h"

#define INSN_LEN	4
#define BREAKPOINT		0x7fe00008u	/* of a kprobe; BUG() has another (twi) */
#define B		0x48000000u	/* b: but for its 24 bits */
#define B_MASK		0xfc000003u

static bool may_be_kprobe(u32 word)
{
	return word == BREAKPOINT || (word & B_MASK) == B;
}

#ifdef CONFIG_KPROBES
/* A probe that is optimised has a branch to its detour (arch/powerpc/kernel/optprobes.c, arch_optimize_kprobes(), 6.1). */
static bool is_branch_of(const struct kprobe *p, unsigned long addr, u32 word)
{
#ifdef CONFIG_OPTPROBES
	const struct optimized_kprobe *op = container_of(p, struct optimized_kprobe, kp);
	long distance = (long)((u64)(word & ~B_MASK) << 38) >> 38;

	return kprobe_optimized((struct kprobe *)p) && addr + distance == (unsigned long)op->optinsn.insn;
#else
	return false;
#endif
}

/* 0: of no kprobe. */
static u32 overwritten(unsigned long addr, u32 word)
{
	const struct kprobe *p;
	u32 ret = 0;

	preempt_disable();
	p = kernel_call(ksplice_get_kprobe)((void *)addr);
	if (p && (word == BREAKPOINT || is_branch_of(p, addr, word)))
		ret = p->opcode;
	preempt_enable();
	return ret;
}
#else
static u32 overwritten(unsigned long addr, u32 word)
{
	return 0;
}
#endif

/*
 * No lock keeps a probe from coming or going since the word was read.  So if it looks like one and there is none, it is read again: what is
 * still the same then is code.
 */
static void show_word(unsigned long addr, u8 *buf)
{
	u32 word, again, old;

	memcpy(&word, buf, sizeof(word));
	while (may_be_kprobe(word)) {
		old = overwritten(addr, word);
		if (old) {
			word = old;
			break;
		}
		if (copy_from_kernel_nofault(&again, (void *)addr, sizeof(again)) || again == word)
			break;
		word = again;
	}
	memcpy(buf, &word, sizeof(word));
}

void ksplice_arch_show_original(unsigned long addr, u8 *buf, size_t len)
{
	size_t i;

	for (i = -addr & (INSN_LEN - 1); i + INSN_LEN <= len; i += INSN_LEN)
		show_word(addr + i, buf + i);
}

unsigned long ksplice_arch_through_thunk(unsigned long addr)
{
	return addr;
}
