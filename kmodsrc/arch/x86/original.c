// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86_64: code as it is without what others have written into it for the time being, and take back: kprobes, and the call of
 * a trampoline that is not ftrace's own (register_ftrace_direct(): BPF's fentry and fexit).  Only what the kernel's own
 * bookkeeping has for just this address is taken for such, and only while the bytes are those that it would have written.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>

#include "../../core.h"
#include "../../symbols.h"
#include "thunk.h"

#define INT3		0xcc
#define JMP_REL32	0xe9
#define CALL_REL32	0xe8
#define REL32_LEN	5	/* of either, with the operand */

static unsigned long rel32_target(unsigned long addr, const u8 *insn)
{
	s32 rel;

	memcpy(&rel, insn + 1, sizeof(rel));
	return addr + REL32_LEN + rel;
}

#ifdef CONFIG_OPTPROBES
/* A probe that is optimised has a jump to its detour (arch/x86/kernel/kprobes/opt.c, arch_optimize_kprobes(), 6.1). */
static void show_without_jump(const struct kprobe *p, unsigned long addr, u8 *buf, size_t len)
{
	const struct optimized_kprobe *op = container_of(p, struct optimized_kprobe, kp);

	if (!kprobe_optimized((struct kprobe *)p) || len < REL32_LEN ||
	    rel32_target(addr, buf) != (unsigned long)op->optinsn.insn)
		return;
	buf[0] = p->opcode;
	memcpy(buf + 1, op->optinsn.copied_insn, REL32_LEN - 1);
}
#else
static void show_without_jump(const struct kprobe *p, unsigned long addr, u8 *buf, size_t len)
{
}
#endif

/* What an armed probe has overwritten; of a probe at a ftrace entry, which ftrace calls, nothing is. */
static void show_without_kprobe(unsigned long addr, u8 *buf, size_t len)
{
#ifdef CONFIG_KPROBES
	const struct kprobe *p = kernel_call(ksplice_get_kprobe)((void *)addr);

	if (!p)
		return;
	if (buf[0] == INT3)
		buf[0] = p->opcode;
	else
		show_without_jump(p, addr, buf, len);
#endif
}

/* As if one of ftrace's own trampolines were called instead, which is a form of that site. */
static void show_without_direct(unsigned long addr, u8 *buf, size_t len)
{
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS
	unsigned long direct = len < REL32_LEN ? 0 : kernel_call(ksplice_ftrace_find_direct)(addr);
	s32 rel = ksplice_ftrace_caller - (addr + REL32_LEN);

	if (direct && ksplice_ftrace_caller && rel32_target(addr, buf) == direct)
		memcpy(buf + 1, &rel, sizeof(rel));
#endif
}

void ksplice_arch_show_original(unsigned long addr, u8 *buf, size_t len)
{
	size_t i;

	/* For get_kprobe() and for ftrace's table of direct calls, whose old copies are freed after a grace period of RCU-tasks. */
	preempt_disable();
	for (i = 0; i < len; i++) {
		if (buf[i] == INT3 || buf[i] == JMP_REL32)
			show_without_kprobe(addr + i, buf + i, len - i);
		else if (buf[i] == CALL_REL32)
			show_without_direct(addr + i, buf + i, len - i);
	}
	preempt_enable();
}
