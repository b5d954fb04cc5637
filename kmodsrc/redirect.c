// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hook through the kernel's ftrace, for a function in which the bytes behind its ftrace entry are not ours to overwrite, because
 * the kernel rewrites them itself (a jump label, a static call), or because they are not there.
 *
 * A callback at the ftrace entry has the function go on in the replacement instead, as live patching does it
 * (kernel/livepatch/patch.c, klp_ftrace_handler(), 6.1).  It is registered before the stop and does nothing; one store in
 * the stopped machine switches it on.  Unlike live patching, it asks for no protection against recursion (no
 * FTRACE_OPS_FL_RECURSION: kernel/trace/ftrace.c, ftrace_ops_get_func(), 6.1): it cannot recurse, as it calls nothing and cannot
 * be traced itself, and a callback that is not called would be an old function that runs.
 */
#include <linux/err.h>
#include <linux/ftrace.h>
#include <linux/slab.h>

#include "compat.h"
#include "core.h"

#ifdef CONFIG_DYNAMIC_FTRACE_WITH_REGS

struct ksplice_ftrace_hook {
	struct ftrace_ops ops;
	unsigned long	ip;	/* the ftrace entry */
	unsigned long	to;	/* where the function goes on; 0: it is off. Changed in the stopped machine only */
};

static void notrace redirect(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	const struct ksplice_ftrace_hook *h = container_of(ops, struct ksplice_ftrace_hook, ops);
	unsigned long to = READ_ONCE(h->to);

	if (to)
		ksplice_arch_go_on(fregs, to);
}

struct ksplice_ftrace_hook *ksplice_redirect_add(unsigned long ip)
{
	struct ksplice_ftrace_hook *h = kzalloc(sizeof(*h), GFP_KERNEL);
	int err;

	if (!h)
		return ERR_PTR(-ENOMEM);
	h->ip = ip;
	h->ops.func = redirect;
	/* PERMANENT: kernel.ftrace_enabled=0 would bring the old function back. */
	h->ops.flags = FTRACE_OPS_FL_DYNAMIC | FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT;
	if (KSPLICE_REDIRECT_NEEDS_REGS)
		h->ops.flags |= FTRACE_OPS_FL_SAVE_REGS;
	err = ftrace_set_filter_ip(&h->ops, ip, 0, 0);
	if (!err)
		err = register_ftrace_function(&h->ops);
	if (err) {
		ftrace_free_filter(&h->ops);
		kfree(h);
		return ERR_PTR(err);
	}
	/* An entry that ftrace has disabled (FTRACE_FL_DISABLED) is passed over in silence. */
	if (!ksplice_redirect_ready(h)) {
		ksplice_redirect_remove(h);
		return ERR_PTR(-EOPNOTSUPP);
	}
	return h;
}

/* Waits for all tasks that are in ftrace's trampolines: ftrace_shutdown(), kernel/trace/ftrace.c, 6.1. */
void ksplice_redirect_remove(struct ksplice_ftrace_hook *h)
{
	int err = unregister_ftrace_function(&h->ops);

	if (err) {
		/* ftrace has given up (ftrace_kill()), and may still call it: it does nothing, and stays. */
		pr_warn("ftrace does not let go of a hook (%d), so the core stays loaded\n", err);
		__module_get(THIS_MODULE);
		return;
	}
	ftrace_free_filter(&h->ops);
	kfree(h);
}

bool ksplice_redirect_ready(const struct ksplice_ftrace_hook *h)
{
	return ksplice_arch_calls_tracer(h->ip);
}

void ksplice_redirect_switch(struct ksplice_ftrace_hook *h, unsigned long to)
{
	WRITE_ONCE(h->to, to);
}

bool ksplice_redirect_is_ours(const struct ftrace_ops *op)
{
	return op->func == redirect;
}

#else

struct ksplice_ftrace_hook *ksplice_redirect_add(unsigned long ip)
{
	return ERR_PTR(-EOPNOTSUPP);
}

void ksplice_redirect_remove(struct ksplice_ftrace_hook *h)
{
}

bool ksplice_redirect_ready(const struct ksplice_ftrace_hook *h)
{
	return false;
}

void ksplice_redirect_switch(struct ksplice_ftrace_hook *h, unsigned long to)
{
}

bool ksplice_redirect_is_ours(const struct ftrace_ops *op)
{
	return false;
}

#endif
