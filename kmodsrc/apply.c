// SPDX-License-Identifier: GPL-2.0-only
/*
 * Going to "applied" and back: everything that may fail for want of memory is done before the machine is stopped; in
 * the stopped machine all hooks of the update are written, or none.
 */
#include <linux/hashtable.h>
#include <linux/kprobes.h>
#include <linux/slab.h>
#include <linux/stop_machine.h>
#include <linux/timekeeping.h>

#include "compat.h"
#include "core.h"
#include "safety.h"
#include "symbols.h"
#include "text.h"

/* All hooks that are in the kernel's text now, by the entry of the function that they redirect, and of where they lead. */
static DEFINE_HASHTABLE(hooks, 10);
static DEFINE_HASHTABLE(replacements, 10);

unsigned long ksplice_newest(unsigned long addr)
{
	struct ksplice_splice *s;

again:
	hash_for_each_possible(hooks, s, by_addr, addr) {
		if (s->addr == addr) {
			addr = s->new;
			goto again;	/* ends: a replacement is younger than what it replaces */
		}
	}
	return addr;
}

unsigned long ksplice_oldest(unsigned long addr)
{
	struct ksplice_splice *s;

again:
	hash_for_each_possible(replacements, s, by_new, addr) {
		if (s->new == addr) {
			addr = s->addr;
			goto again;	/* ends: what is replaced is older than its replacement */
		}
	}
	return addr;
}

/* One stop of the machine. */
struct operation {
	struct ksplice_update *update;
	bool		reverse;
	struct ksplice_check check;
	struct ksplice_range *ranges;
	struct ksplice_write *writes;
	size_t		nr_writes, nr_prepared;
	/* in the stopped machine */
	atomic_t	entered, checked, quiet, written;
	int		result;
	size_t		changed;	/* for -EINVAL: which write finds something else than expected; nr_writes: a hook of ftrace's */
	struct ksplice_refused refused;	/* for -ECANCELED */
	u64		start, after_check, end;	/* ns */
};

/* In the stopped machine */

/* All CPUs are in stopped() with interrupts off, so the wait is short. */
static void meet(atomic_t *here, unsigned int nr)
{
	smp_mb__before_atomic();
	atomic_inc(here);
	while (atomic_read(here) < nr)
		cpu_relax();
	smp_mb__after_atomic();
}

static int write_all(struct operation *op)
{
	size_t i;

	for (i = 0; i < op->nr_writes; i++) {
		if (!ksplice_write_expected(&op->writes[i])) {
			op->changed = i;
			return -EINVAL;
		}
	}
	if (!op->reverse && !ksplice_ftrace_hooks_ready(op->update)) {
		op->changed = op->nr_writes;
		return -EINVAL;
	}
	for (i = 0; i < op->nr_writes; i++) {
		if (!ksplice_write_do(&op->writes[i])) {
			while (i--)
				ksplice_write_undo(&op->writes[i]);
			return -EIO;
		}
	}
	/* Cannot fail, so it is last. */
	ksplice_ftrace_hooks_switch(op->update, !op->reverse);
	return 0;
}

/* NMI handlers run still. */
static void ask(struct operation *op)
{
	if (atomic_read(&op->check.nr_conflicts))
		op->result = -EBUSY;
	else if (!ksplice_author_hooks_ask(op->update, op->reverse ? KSPLICE_CHECK_REVERSE : KSPLICE_CHECK_APPLY, &op->refused))
		op->result = -ECANCELED;
}

/* NMI handlers do not run.  No other CPU goes on before it is done. */
static void change(struct operation *op)
{
	if (!op->result)
		op->result = write_all(op);
	if (op->result)
		return;
	/* The author's functions may call what was just redirected. */
	ksplice_arch_sync();
	ksplice_author_hooks_call(op->update, op->reverse ? KSPLICE_REVERSE : KSPLICE_APPLY);
}

/* Runs on every CPU at once. */
static int stopped(void *data)
{
	struct operation *op = data;
	unsigned int nr = num_online_cpus();
	unsigned int nth;

	ksplice_check_enter(&op->check);
	nth = atomic_inc_return(&op->entered) - 1;
	while (atomic_read(&op->entered) < nr)
		cpu_relax();
	if (!nth)
		op->start = ktime_get_mono_fast_ns();
	ksplice_check_tasks(&op->check, nth, nr);
	meet(&op->checked, nr);
	if (!nth) {
		op->after_check = ktime_get_mono_fast_ns();
		ask(op);
		ksplice_arch_nmi_off();
	}
	/* Whoever is in an NMI handler comes to this meeting only after it: from here on none runs until the hooks are whole. */
	meet(&op->quiet, nr);
	if (!nth)
		change(op);
	meet(&op->written, nr);
	ksplice_arch_sync();
	if (!nth) {
		/* A CPU that has not synchronised yet has interrupts off, and its next instructions are in this function. */
		ksplice_arch_nmi_on();
		op->end = ktime_get_mono_fast_ns();
	}
	return 0;
}

/* Before it */

static void writes_finish(struct operation *op)
{
	while (op->nr_prepared)
		ksplice_write_finish(&op->writes[--op->nr_prepared]);
}

static void operation_free(struct operation *op)
{
	writes_finish(op);
	kvfree(op->check.running);
	kvfree(op->check.conflicts);
	kvfree(op->ranges);
	kvfree(op->writes);
	kfree(op);
}

static struct operation *operation_alloc(size_t nr_ranges, size_t nr_writes)
{
	struct operation *op = kzalloc(sizeof(*op), GFP_KERNEL);

	if (!op)
		return NULL;
	op->check.running = kvcalloc(nr_cpu_ids, sizeof(*op->check.running), GFP_KERNEL);
	op->check.conflicts = kvcalloc(KSPLICE_MAX_CONFLICTS, sizeof(*op->check.conflicts), GFP_KERNEL);
	op->ranges = kvcalloc(nr_ranges + 1, sizeof(*op->ranges), GFP_KERNEL);
	op->writes = kvcalloc(nr_writes + 1, sizeof(*op->writes), GFP_KERNEL);
	if (op->check.running && op->check.conflicts && op->ranges && op->writes)
		return op;
	operation_free(op);
	return NULL;
}

static void range_add(struct operation *op, unsigned long start, size_t len)
{
	op->ranges[op->check.nr_ranges++] = (struct ksplice_range){ start, start + len };
}

static void write_add(struct operation *op, const struct ksplice_splice *s)
{
	op->writes[op->nr_writes++] = (struct ksplice_write){
		.addr = s->addr + s->hook_off,
		.len = KSPLICE_HOOK_LEN,
		.expect = op->reverse ? s->hook : s->old,
		.bytes = op->reverse ? s->old : s->hook,
		.text = true,
		.unit = s->unit,
		.name = s->name,
	};
}

static void write_add_object(struct operation *op, const struct ksplice_object *o)
{
	op->writes[op->nr_writes++] = (struct ksplice_write){
		.addr = o->addr,
		.len = o->len,
		.expect = op->reverse ? o->new : o->old,
		.bytes = op->reverse ? o->old : o->new,
		.unit = o->unit,
		.name = o->name,
	};
}

static void ranges_add_module(struct operation *op, const struct module *mod)
{
	size_t i;

	range_add(op, compat_text_start(mod), compat_text_size(mod));
	for (i = 0; i < ksplice_arch_nr_code_pages(mod); i++)
		range_add(op, ksplice_arch_code_page(mod, i), PAGE_SIZE);
}

/*
 * Where a task may be on its way through a hook.  In a trampoline of ftrace's, the address of the replacement may be in a saved
 * register that no stack walk shows, while the return address is still that of the call at the ftrace entry.
 */
static void range_add_hook(struct operation *op, const struct ksplice_splice *s)
{
	range_add(op, s->addr + s->hook_off, KSPLICE_HOOK_LEN + s->ftrace);
}

/*
 * To apply: no task may be inside a function that is replaced, nor in a part of it.  To reverse: none in the code that
 * goes away, nor inside the bytes of a hook.
 */
static void operation_fill(struct operation *op)
{
	struct ksplice_target *t;
	size_t i;

	list_for_each_entry(t, &op->update->targets, list) {
		for (i = 0; i < t->nr_splices; i++) {
			const struct ksplice_splice *s = &t->splices[i];

			if (!op->reverse)
				range_add(op, s->addr, s->len);
			else if (!s->part)
				range_add_hook(op, s);
			if (!s->part && !s->ftrace)
				write_add(op, s);
		}
		for (i = 0; i < t->nr_objects; i++)
			write_add_object(op, &t->objects[i]);
		if (op->reverse)
			ranges_add_module(op, t->code);
	}
	op->check.restarts = op->reverse;
	op->check.nr_ranges = ksplice_ranges_sort(op->ranges, op->check.nr_ranges);
	op->check.ranges = op->ranges;
}

static struct operation *operation_create(struct ksplice_update *u, bool reverse)
{
	struct ksplice_target *t;
	struct operation *op;
	size_t writes = 0, ranges = 0;

	list_for_each_entry(t, &u->targets, list) {
		writes += t->nr_splices + t->nr_objects;
		ranges += t->nr_splices + 1 + ksplice_arch_nr_code_pages(t->code);
	}
	op = operation_alloc(ranges, writes);
	if (!op)
		return NULL;
	op->update = u;
	op->reverse = reverse;
	operation_fill(op);
	return op;
}

static int fail_ftrace(struct ksplice_update *u, const struct ksplice_splice *s, int err)
{
	if (err == -ENOMEM)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, err, NULL);
	/* Another redirect (live patching), or kernel.ftrace_enabled=0: register_ftrace_function(), 6.1. */
	return ksplice_fail(u, KSPLICE_HOOK_CHANGED, err, "unit=%s function=%s by=ftrace", s->unit, s->name);
}

static int fail_write(struct operation *op, size_t i, const char *by)
{
	const struct ksplice_write *w = &op->writes[i];

	return ksplice_fail(op->update, w->text ? KSPLICE_HOOK_CHANGED : KSPLICE_DATA_CHANGED, -EINVAL,
			    w->text ? "unit=%s function=%s by=%s" : "unit=%s data=%s by=%s", w->unit, w->name, by);
}

/* Where each hook goes is as it was when it matched, and nobody else will write there; so is data. */
static int writes_prepare(struct operation *op)
{
	const char *by;
	size_t i;
	int err;

	for (i = 0; i < op->nr_writes; i++) {
		by = op->writes[i].text ? ksplice_text_reserved(op->writes[i].addr) : NULL;
		if (!by && !ksplice_write_expected(&op->writes[i]))
			by = "unknown";
		if (by)
			return fail_write(op, i, by);
		err = ksplice_write_prepare(&op->writes[i]);
		if (err == -ENOMEM)
			return ksplice_fail(op->update, KSPLICE_OUT_OF_MEMORY, err, NULL);
		if (err)
			return ksplice_fail(op->update, KSPLICE_UNEXPECTED, err, "symbol=%s page=none",
					    op->writes[i].name);
		op->nr_prepared++;
	}
	return 0;
}

static int fail_busy(struct operation *op)
{
	struct ksplice_update *u = op->update;
	int i, nr = atomic_read(&op->check.nr_conflicts);
	enum ksplice_cause cause = KSPLICE_CODE_BUSY;

	if (ksplice_report_conflicts(&op->check, &u->conflicts))
		pr_info("update %s: no memory to list the conflicts\n", u->id);
	for (i = 0; i < min(nr, KSPLICE_MAX_CONFLICTS); i++)
		if (op->check.conflicts[i].kind == KSPLICE_UNCHECKED)
			cause = KSPLICE_UNEXPECTED;
	return ksplice_fail(u, cause, -EBUSY, "conflicts=%d", nr);
}

static int operation_result(struct operation *op)
{
	struct ksplice_update *u = op->update;

	u->tasks = atomic_read(&op->check.tasks);
	u->check_ns = op->after_check - op->start;
	u->stop_ns = op->end - op->start;
	switch (op->result) {
	case 0:
		return 0;
	case -EBUSY:
		return fail_busy(op);
	case -EINVAL:
		if (op->changed == op->nr_writes)
			return ksplice_fail(u, KSPLICE_HOOK_CHANGED, -EINVAL, "by=ftrace");
		return fail_write(op, op->changed, "unknown");
	case -ECANCELED:
		return ksplice_author_hooks_report(u, &op->refused);
	default:
		return ksplice_fail(u, KSPLICE_UNEXPECTED, op->result, "write=failed");
	}
}

/*
 * kprobe_mutex: nobody may take a copy of the bytes for a probe between our look and our write.  The order is that of
 * register_kprobe(): kprobe_mutex, then cpus_read_lock(), which stop_machine() takes.
 */
static int operation_run(struct operation *op)
{
	int err;

#ifdef CONFIG_KPROBES
	mutex_lock(ksplice_kprobe_mutex);
#endif
	err = writes_prepare(op);
	if (!err)
		err = stop_machine(stopped, op, cpu_online_mask);
#ifdef CONFIG_KPROBES
	mutex_unlock(ksplice_kprobe_mutex);
#endif
	if (op->nr_prepared < op->nr_writes)
		return err;
	return err ? ksplice_fail(op->update, KSPLICE_UNEXPECTED, err, "stop=failed") : operation_result(op);
}

static int run(struct ksplice_update *u, bool reverse)
{
	struct operation *op = operation_create(u, reverse);
	const struct ksplice_splice *failed;
	int err;

	if (!op)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, -ENOMEM, NULL);
	err = reverse ? 0 : ksplice_ftrace_hooks_add(u, &failed);
	if (err) {
		err = fail_ftrace(u, failed, err);
	} else {
		err = operation_run(op);
		if (!err == reverse)
			ksplice_ftrace_hooks_remove(u);
	}
	operation_free(op);
	return err;
}

/* One try, between what the author wants to be called before and after it. */
static int attempt(struct ksplice_update *u, bool reverse)
{
	enum ksplice_phase fail = reverse ? KSPLICE_FAIL_REVERSE : KSPLICE_FAIL_APPLY;
	struct ksplice_refused refused;
	int err;

	u->tries = u->cause == KSPLICE_OK ? 1 : u->tries + 1;
	u->cause = KSPLICE_OK;
	u->detail[0] = '\0';
	ksplice_text_clear(&u->conflicts);
	if (!ksplice_author_hooks_ask(u, reverse ? KSPLICE_PRE_REVERSE : KSPLICE_PRE_APPLY, &refused)) {
		ksplice_author_hooks_unwind(u, fail, refused.hook);
		return ksplice_author_hooks_report(u, &refused);
	}
	err = run(u, reverse);
	if (err)
		ksplice_author_hooks_unwind(u, fail, NULL);
	return err;
}

/* The stages */

static int check_complete(struct ksplice_update *u)
{
	struct ksplice_dependence *d;
	struct ksplice_target *t;

	if (list_empty(&u->targets))
		return ksplice_fail(u, KSPLICE_UNEXPECTED, -EINVAL, "targets=none");
	list_for_each_entry(t, &u->targets, list)
		if (!t->code || t->code->state != MODULE_STATE_LIVE)
			return ksplice_fail(u, KSPLICE_MODULE_BUSY, -EINVAL, "target=%s code=not_loaded", t->name);
	list_for_each_entry(d, &u->depends, list)
		if (d->on->update->stage != KSPLICE_APPLIED)
			return ksplice_fail(u, KSPLICE_DEPENDS, -EINVAL, "update=%s", d->on->update->id);
	return 0;
}

static void modules_put(struct ksplice_update *u, struct ksplice_target *until)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list) {
		if (t == until)
			return;
		module_put(t->code);
	}
}

static int modules_get(struct ksplice_update *u)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list) {
		if (!try_module_get(t->code)) {
			modules_put(u, t);
			return ksplice_fail(u, KSPLICE_MODULE_BUSY, -EBUSY, "target=%s code=unloading", t->name);
		}
	}
	return 0;
}

static void hooks_note(struct ksplice_update *u, bool add)
{
	struct ksplice_target *t;
	size_t i;

	list_for_each_entry(t, &u->targets, list) {
		for (i = 0; i < t->nr_splices; i++) {
			if (t->splices[i].part)
				continue;
			if (add) {
				hash_add(hooks, &t->splices[i].by_addr, t->splices[i].addr);
				hash_add(replacements, &t->splices[i].by_new, t->splices[i].new);
			} else {
				hash_del(&t->splices[i].by_addr);
				hash_del(&t->splices[i].by_new);
			}
		}
	}
}

int ksplice_update_apply(struct ksplice_update *u)
{
	int err = check_complete(u);

	if (!err)
		err = modules_get(u);
	if (err)
		return err;
	err = attempt(u, false);
	if (err) {
		modules_put(u, NULL);
		return err;
	}
	hooks_note(u, true);
	u->stage = KSPLICE_APPLIED;
	u->applied_at = ktime_get_real_seconds();
	ksplice_author_hooks_call(u, KSPLICE_POST_APPLY);
	pr_info("update %s: applied\n", u->id);
	return 0;
}

static int check_dependants(struct ksplice_update *u)
{
	struct ksplice_dependence *d;
	struct ksplice_update *other;

	list_for_each_entry(other, &ksplice_updates, list) {
		if (other->stage != KSPLICE_APPLIED)
			continue;
		list_for_each_entry(d, &other->depends, list)
			if (d->on->update == u)
				return ksplice_fail(u, KSPLICE_DEPENDS, -EBUSY, "update=%s", other->id);
	}
	return 0;
}

int ksplice_update_reverse(struct ksplice_update *u)
{
	int err = check_dependants(u);

	if (!err)
		err = attempt(u, true);
	if (err)
		return err;
	hooks_note(u, false);
	u->stage = KSPLICE_REVERSED;
	ksplice_author_hooks_call(u, KSPLICE_POST_REVERSE);
	modules_put(u, NULL);
	pr_info("update %s: reversed\n", u->id);
	return 0;
}
