// SPDX-License-Identifier: GPL-2.0-only
/*
 * Has the ftrace entry of the function at "address" call a trampoline of its own (register_ftrace_direct()), which counts: in the
 * parameter "calls". With "probe", a kprobe with a post_handler there instead, which claims the entry as a redirect would; with
 * "redirect", what says that it is one (FTRACE_OPS_FL_IPMODIFY), and only counts.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/version.h>
#include <asm/ibt.h>
#include <asm/linkage.h>

static unsigned long address;
static bool probe, redirect;
unsigned long direct_calls;
module_param(address, ulong, 0);
module_param(probe, bool, 0);
module_param(redirect, bool, 0);
module_param_named(calls, direct_calls, ulong, 0444);

extern void direct_trampoline(void *);

#ifdef ASM_RET
#define RETURN ASM_RET
#else
#define RETURN "ret; int3\n"
#endif

asm (
"	.pushsection .text, \"ax\", @progbits\n"
"	.type direct_trampoline, @function\n"
"	.globl direct_trampoline\n"
"direct_trampoline:\n"
	ASM_ENDBR
"	incq direct_calls(%rip)\n"
	RETURN
"	.size direct_trampoline, .-direct_trampoline\n"
"	.popsection\n"
);

/* 8788ca164eb4 ("ftrace: Remove the legacy _ftrace_direct API", v6.4) */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
static struct ftrace_ops ops;

static int add(void)
{
	int err = ftrace_set_filter_ip(&ops, address, 0, 0);

	return err ? err : register_ftrace_direct(&ops, (unsigned long)direct_trampoline);
}

static void remove(void)
{
	unregister_ftrace_direct(&ops, (unsigned long)direct_trampoline, true);
}
#else
static int add(void)
{
	return register_ftrace_direct(address, (unsigned long)direct_trampoline);
}

static void remove(void)
{
	unregister_ftrace_direct(address, (unsigned long)direct_trampoline);
}
#endif

static int before(struct kprobe *p, struct pt_regs *regs)
{
	direct_calls++;
	return 0;
}

static void after(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe kprobe = { .pre_handler = before, .post_handler = after };

static void notrace count(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *op, struct ftrace_regs *fregs)
{
	direct_calls++;
}

static struct ftrace_ops redirecting = { .func = count, .flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_SAVE_REGS };

static int __init direct_init(void)
{
	kprobe.addr = (void *)address;
	if (probe)
		return register_kprobe(&kprobe);
	if (redirect)
		return ftrace_set_filter_ip(&redirecting, address, 0, 0) ?: register_ftrace_function(&redirecting);
	return add();
}

static void __exit direct_exit(void)
{
	if (probe)
		unregister_kprobe(&kprobe);
	else if (redirect)
		unregister_ftrace_function(&redirecting);
	else
		remove();
}

module_init(direct_init);
module_exit(direct_exit);
MODULE_LICENSE("GPL");
