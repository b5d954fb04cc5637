// SPDX-License-Identifier: GPL-2.0-only
/*
 * Before a stop of the machine, and after it: everything that may fail for want of memory, or because somebody else writes where
 * a hook is to go, is done and asked before the machine is stopped; what came of it is put into words after it.
 */
#include <linux/kprobes.h>
#include <linux/slab.h>
#include <linux/stop_machine.h>

#include "compat.h"
#include "stop.h"
#include "symbols.h"

static void writes_finish(struct ksplice_stop *stop)
{
	while (stop->nr_prepared)
		ksplice_write_finish(&stop->writes[--stop->nr_prepared]);
}

static void stop_free(struct ksplice_stop *stop)
{
	writes_finish(stop);
	kvfree(stop->check.running);
	kvfree(stop->check.conflicts);
	kvfree(stop->ranges);
	kvfree(stop->writes);
	kfree(stop);
}

static struct ksplice_stop *stop_alloc(size_t nr_ranges, size_t nr_writes)
{
	struct ksplice_stop *stop = kzalloc(sizeof(*stop), GFP_KERNEL);

	if (!stop)
		return NULL;
	stop->check.running = kvcalloc(nr_cpu_ids, sizeof(*stop->check.running), GFP_KERNEL);
	stop->check.conflicts = kvcalloc(KSPLICE_MAX_CONFLICTS, sizeof(*stop->check.conflicts), GFP_KERNEL);
	stop->ranges = kvcalloc(nr_ranges + 1, sizeof(*stop->ranges), GFP_KERNEL);
	stop->writes = kvcalloc(nr_writes + 1, sizeof(*stop->writes), GFP_KERNEL);
	if (stop->check.running && stop->check.conflicts && stop->ranges && stop->writes)
		return stop;
	stop_free(stop);
	return NULL;
}

static void range_add(struct ksplice_stop *stop, unsigned long start, size_t len)
{
	stop->ranges[stop->check.nr_ranges++] = (struct ksplice_range){ start, start + len };
}

static void write_add(struct ksplice_stop *stop, const struct ksplice_splice *s)
{
	stop->writes[stop->nr_writes++] = (struct ksplice_write){
		.addr = s->addr + s->hook_off,
		.len = KSPLICE_HOOK_LEN,
		.expect = stop->reverse ? s->hook : s->old,
		.bytes = stop->reverse ? s->old : s->hook,
		.text = true,
		.unit = s->unit,
		.name = s->name,
	};
}

static void write_add_object(struct ksplice_stop *stop, const struct ksplice_object *o)
{
	stop->writes[stop->nr_writes++] = (struct ksplice_write){
		.addr = o->addr,
		.len = o->len,
		.expect = stop->reverse ? o->new : o->old,
		.bytes = stop->reverse ? o->old : o->new,
		.unit = o->unit,
		.name = o->name,
	};
}

static void ranges_add_module(struct ksplice_stop *stop, const struct module *mod)
{
	size_t i;

	range_add(stop, compat_text_start(mod), compat_text_size(mod));
	for (i = 0; i < ksplice_arch_nr_code_pages(mod); i++)
		range_add(stop, ksplice_arch_code_page(mod, i), PAGE_SIZE);
}

/*
 * Where a task may be on its way through a hook.  In a trampoline of ftrace's, the address of the replacement may be in a saved
 * register that no stack walk shows, while the return address is still that of the call at the ftrace entry.
 */
static void range_add_hook(struct ksplice_stop *stop, const struct ksplice_splice *s)
{
	range_add(stop, s->addr + s->hook_off, KSPLICE_HOOK_LEN + s->ftrace);
}

/*
 * To apply: no task may be inside a function that is replaced, nor in a part of it.  To reverse: none in the code that
 * goes away, nor inside the bytes of a hook.
 */
static void stop_fill(struct ksplice_stop *stop)
{
	struct ksplice_target *t;
	size_t i;

	list_for_each_entry(t, &stop->update->targets, list) {
		for (i = 0; i < t->nr_splices; i++) {
			const struct ksplice_splice *s = &t->splices[i];

			if (!stop->reverse)
				range_add(stop, s->addr, s->len);
			else if (!s->part)
				range_add_hook(stop, s);
			if (!s->part && !s->ftrace)
				write_add(stop, s);
		}
		for (i = 0; i < t->nr_objects; i++)
			write_add_object(stop, &t->objects[i]);
		if (stop->reverse)
			ranges_add_module(stop, t->code);
	}
	stop->check.restarts = stop->reverse;
	stop->check.nr_ranges = ksplice_ranges_sort(stop->ranges, stop->check.nr_ranges);
	stop->check.ranges = stop->ranges;
}

static struct ksplice_stop *stop_create(struct ksplice_update *u, bool reverse)
{
	struct ksplice_target *t;
	struct ksplice_stop *stop;
	size_t writes = 0, ranges = 0;

	list_for_each_entry(t, &u->targets, list) {
		writes += t->nr_splices + t->nr_objects;
		ranges += t->nr_splices + 1 + ksplice_arch_nr_code_pages(t->code);
	}
	stop = stop_alloc(ranges, writes);
	if (!stop)
		return NULL;
	stop->update = u;
	stop->reverse = reverse;
	stop_fill(stop);
	return stop;
}

static int fail_ftrace(struct ksplice_update *u, const struct ksplice_splice *s, int err)
{
	if (err == -ENOMEM)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, err, NULL);
	/* Another redirect (live patching), or kernel.ftrace_enabled=0: register_ftrace_function(), 6.1. */
	return ksplice_fail(u, KSPLICE_HOOK_CHANGED, err, "unit=%s function=%s by=ftrace", s->unit, s->name);
}

static int fail_write(struct ksplice_stop *stop, size_t i, const char *by)
{
	const struct ksplice_write *w = &stop->writes[i];

	return ksplice_fail(stop->update, w->text ? KSPLICE_HOOK_CHANGED : KSPLICE_DATA_CHANGED, -EINVAL,
			    w->text ? "unit=%s function=%s by=%s" : "unit=%s data=%s by=%s", w->unit, w->name, by);
}

/* Where each hook goes is as it was when it matched, and nobody else will write there; so is data. */
static int writes_prepare(struct ksplice_stop *stop)
{
	const char *by;
	size_t i;
	int err;

	for (i = 0; i < stop->nr_writes; i++) {
		by = stop->writes[i].text ? ksplice_text_reserved(stop->writes[i].addr) : NULL;
		if (!by && !ksplice_write_expected(&stop->writes[i]))
			by = "unknown";
		if (by)
			return fail_write(stop, i, by);
		err = ksplice_write_prepare(&stop->writes[i]);
		if (err == -ENOMEM)
			return ksplice_fail(stop->update, KSPLICE_OUT_OF_MEMORY, err, NULL);
		if (err)
			return ksplice_fail(stop->update, KSPLICE_UNEXPECTED, err, "symbol=%s page=none",
					    stop->writes[i].name);
		stop->nr_prepared++;
	}
	return 0;
}

static int fail_busy(struct ksplice_stop *stop)
{
	struct ksplice_update *u = stop->update;
	int i, nr = atomic_read(&stop->check.nr_conflicts);
	enum ksplice_cause cause = KSPLICE_CODE_BUSY;

	if (ksplice_report_conflicts(&stop->check, &u->conflicts))
		pr_info("update %s: no memory to list the conflicts\n", u->id);
	for (i = 0; i < min(nr, KSPLICE_MAX_CONFLICTS); i++)
		if (stop->check.conflicts[i].kind == KSPLICE_UNCHECKED)
			cause = KSPLICE_UNEXPECTED;
	return ksplice_fail(u, cause, -EBUSY, "conflicts=%d", nr);
}

static int stop_result(struct ksplice_stop *stop)
{
	struct ksplice_update *u = stop->update;

	u->tasks = atomic_read(&stop->check.tasks);
	u->check_ns = stop->after_check - stop->start;
	u->stop_ns = stop->end - stop->start;
	switch (stop->result) {
	case 0:
		return 0;
	case -EBUSY:
		return fail_busy(stop);
	case -EINVAL:
		if (stop->changed == stop->nr_writes)
			return ksplice_fail(u, KSPLICE_HOOK_CHANGED, -EINVAL, "by=ftrace");
		return fail_write(stop, stop->changed, "unknown");
	case -ECANCELED:
		return ksplice_author_hooks_report(u, &stop->abort);
	default:
		return ksplice_fail(u, KSPLICE_UNEXPECTED, stop->result, "write=failed");
	}
}

/*
 * kprobe_mutex: nobody may take a copy of the bytes for a probe between our look and our write.  The order is that of
 * register_kprobe(): kprobe_mutex, then cpus_read_lock(), which stop_machine() takes.
 */
static int stop_and_write(struct ksplice_stop *stop)
{
	int err;

#ifdef CONFIG_KPROBES
	mutex_lock(ksplice_kprobe_mutex);
#endif
	err = writes_prepare(stop);
	if (!err)
		err = stop_machine(ksplice_stopped, stop, cpu_online_mask);
#ifdef CONFIG_KPROBES
	mutex_unlock(ksplice_kprobe_mutex);
#endif
	if (stop->nr_prepared < stop->nr_writes)
		return err;
	return err ? ksplice_fail(stop->update, KSPLICE_UNEXPECTED, err, "stop=failed") : stop_result(stop);
}

int ksplice_stop_run(struct ksplice_update *u, bool reverse)
{
	struct ksplice_stop *stop = stop_create(u, reverse);
	const struct ksplice_splice *failed;
	int err;

	if (!stop)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, -ENOMEM, NULL);
	err = reverse ? 0 : ksplice_ftrace_hooks_add(u, &failed);
	if (err) {
		err = fail_ftrace(u, failed, err);
	} else {
		err = stop_and_write(stop);
		if (!err == reverse)
			ksplice_ftrace_hooks_remove(u);
	}
	stop_free(stop);
	return err;
}
