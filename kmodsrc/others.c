// SPDX-License-Identifier: GPL-2.0-only
/*
 * Others who have a say in what becomes of a call to a replaced function: who sends it elsewhere at its ftrace entry, so that it never
 * comes to the hook behind that, and who watches a place inside, where nothing will come any more.  docs/beside.md tells what
 * is to be expected of each.
 */
#include <linux/err.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/sched.h>

#include "core.h"
#include "symbols.h"

#ifdef CONFIG_DYNAMIC_FTRACE
static const char *who(const struct ftrace_ops *op)
{
	unsigned long func = (unsigned long)op->func;

	if (func && func == ksplice_klp_handler)
		return "livepatch";
	if (func && func == ksplice_kprobe_handler)
		return "kprobe";
	return ksplice_redirect_is_ours(op) ? NULL : "ftrace";
}

/*
 * Who may change where the function goes on says so (FTRACE_OPS_FL_IPMODIFY), and must name the functions; ftrace allows one
 * for each (kernel/trace/ftrace.c, __ftrace_hash_update_ipmodify(), 6.1).
 */
static struct ksplice_claim claimed_by(unsigned long ip)
{
	struct ftrace_ops *op = ksplice_tracers_begin();
	struct ksplice_claim ret = { 0 };

	/* It may have no memory to look, or all that ftrace does has stopped; then it cannot be told that nobody does. */
	if (IS_ERR(op))
		return (struct ksplice_claim){ .by = "unknown", .err = PTR_ERR(op) };
	/* Ends with ftrace_list_end, behind which there is none. */
	for (; op && !ret.by; op = rcu_dereference_raw(op->next))
		if ((op->flags & FTRACE_OPS_FL_IPMODIFY) &&
		    kernel_call(ksplice_ftrace_lookup_ip)(rcu_dereference_raw(op->func_hash->filter_hash), ip))
			ret.by = who(op);
	ksplice_tracers_end();
	return ret;
}

struct ksplice_claim ksplice_claimed_by(const struct ksplice_splice *s)
{
	return claimed_by(s->addr + s->hook_off - (s->ftrace ? 0 : MCOUNT_INSN_SIZE));
}

/* After an error of its own, ftrace stops all that it does (kernel/trace/ftrace.c, ftrace_kill(), 6.1), and so it may the hook. */
static bool is_dead(const struct ksplice_splice *s)
{
	return s->ftrace && kernel_call(ksplice_ftrace_is_dead)();
}
#else
struct ksplice_claim ksplice_claimed_by(const struct ksplice_splice *s)
{
	return (struct ksplice_claim){ 0 };
}

static bool is_dead(const struct ksplice_splice *s)
{
	return false;
}
#endif

/* Whose replacement begins at @addr, or NULL. */
static const struct ksplice_splice *replaced_by(unsigned long addr)
{
	const struct ksplice_target *t = ksplice_code_at(addr);
	size_t i;

	for (i = 0; t && t->update->stage == KSPLICE_APPLIED && i < t->nr_splices; i++)
		if (!t->splices[i].part && t->splices[i].new == addr)
			return &t->splices[i];
	return NULL;
}

struct ksplice_claim ksplice_bypassed_by(const struct ksplice_splice *s)
{
	struct ksplice_claim c = { 0 };

	/* What is built upon another update is reached through that one's hook. */
	for (; s && !c.by; s = replaced_by(s->addr)) {
		c = is_dead(s) ? (struct ksplice_claim){ .by = "dead_ftrace" } : ksplice_claimed_by(s);
		/* One with a post_handler claims the entry, but goes on with the function (kernel/kprobes.c, arm_kprobe_ftrace(), 6.1). */
		if (c.by && !strcmp(c.by, "kprobe"))
			c.by = NULL;
	}
	return c;
}

int ksplice_fail_claimed(struct ksplice_update *u, const struct ksplice_splice *s, struct ksplice_claim c, int err)
{
	int told = err ?: c.err;

	if (told == -ENOMEM)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, told, NULL);
	if (told)
		return ksplice_fail(u, KSPLICE_HOOK_CHANGED, told, "unit=%s function=%s by=%s error=%d", s->unit, s->name, c.by, -told);
	return ksplice_fail(u, KSPLICE_HOOK_CHANGED, -EINVAL, "unit=%s function=%s by=%s", s->unit, s->name, c.by);
}

/*
 * The first byte of the function at which there is a kprobe, from s->addr, armed or not; -1: none.  One at the ftrace entry does not
 * count, as ftrace calls it.
 */
static int probed_inside(const struct ksplice_splice *s)
{
#ifdef CONFIG_KPROBES
	u32 i = s->part ? 0 : s->hook_off + (s->ftrace ? MCOUNT_INSN_SIZE : 0);

	for (; i < s->len; i++) {
		bool probed;

		preempt_disable();
		probed = kernel_call(ksplice_get_kprobe)((void *)(s->addr + i));
		preempt_enable();
		if (probed)
			return i;
		cond_resched();
	}
#endif
	return -1;
}

static int fail_probed(struct ksplice_update *u, const struct ksplice_splice *s, int at)
{
	return ksplice_fail(u, KSPLICE_HOOK_CHANGED, -EINVAL, "unit=%s function=%s by=kprobe inside=0x%x", s->unit, s->name, at);
}

static int check_apply(struct ksplice_update *u, const struct ksplice_splice *s)
{
	struct ksplice_claim c = { 0 };
	int at;

	if (!s->part)
		c = ksplice_bypassed_by(s);
	if (c.by)
		return ksplice_fail_claimed(u, s, c, 0);
	at = probed_inside(s);
	return at < 0 ? 0 : fail_probed(u, s, at);
}

/*
 * Where an instruction begins, a kprobe finds out by decoding the function (arch/x86/kernel/kprobes/core.c, can_probe(), 6.1).  With
 * the hook there, that goes astray behind it, so that a probe set meanwhile may be in the middle of an instruction that the undo makes
 * whole again: in cmdline_proc_show() of 6.1, at +12 of one from +6 to +12.
 */
static int check_reverse(struct ksplice_update *u, const struct ksplice_splice *s)
{
	int at = s->part || s->ftrace ? -1 : probed_inside(s);

	return at < 0 ? 0 : fail_probed(u, s, at);
}

int ksplice_others_allow(const struct ksplice_moves *m)
{
	struct ksplice_target *t;
	size_t i, k;
	int err = 0;

	for (i = 0; i < m->nr; i++)
		list_for_each_entry(t, &m->move[i].update->targets, list)
			for (k = 0; k < t->nr_splices && !err; k++)
				err = m->move[i].reverse ? check_reverse(m->move[i].update, &t->splices[k]) :
							   check_apply(m->move[i].update, &t->splices[k]);
	return err;
}
