// SPDX-License-Identifier: GPL-2.0-only
/*
 * Before a stop of the machine, and after it: everything that may fail for want of memory, or because somebody else writes where
 * a hook is to go, is done and asked before the machine is stopped; what came of it is put into words after it.
 */
#include <linux/err.h>
#include <linux/kprobes.h>
#include <linux/slab.h>
#include <linux/stop_machine.h>

#include "compat.h"
#include "stop.h"
#include "symbols.h"

static unsigned long stops;

unsigned long ksplice_stops(void)
{
	return READ_ONCE(stops);
}

static void writes_finish(struct ksplice_stop *stop)
{
	while (stop->nr_prepared)
		ksplice_write_finish(&stop->writes.w[--stop->nr_prepared]);
}

static void stop_free(struct ksplice_stop *stop)
{
	writes_finish(stop);
	ksplice_notes_free(&stop->check.notes);
	kvfree(stop->check.running);
	kvfree(stop->check.conflicts);
	kvfree(stop->check.ranges);
	kvfree(stop->check.gone);
	kvfree(stop->ranges);
	kvfree(stop->own_end);
	ksplice_writes_free(&stop->writes);
	kfree(stop);
}

static struct ksplice_stop *stop_alloc(const struct ksplice_moves *m, size_t nr_ranges)
{
	struct ksplice_stop *stop = kzalloc(sizeof(*stop), GFP_KERNEL);

	if (!stop)
		return NULL;
	stop->moves = m;
	stop->check.running = kvcalloc(nr_cpu_ids, sizeof(*stop->check.running), GFP_KERNEL);
	stop->check.conflicts = kvcalloc(KSPLICE_MAX_CONFLICTS, sizeof(*stop->check.conflicts), GFP_KERNEL);
	stop->check.ranges = kvcalloc(nr_ranges + 1, sizeof(*stop->check.ranges), GFP_KERNEL);
	stop->check.gone = kvcalloc(nr_ranges + 1, sizeof(*stop->check.gone), GFP_KERNEL);
	stop->ranges = kvcalloc(nr_ranges + 1, sizeof(*stop->ranges), GFP_KERNEL);
	stop->own_end = kvcalloc(m->nr, sizeof(*stop->own_end), GFP_KERNEL);
	if (stop->check.running && stop->check.conflicts && stop->check.ranges && stop->check.gone && stop->ranges && stop->own_end)
		return stop;
	stop_free(stop);
	return NULL;
}

static void range_add(struct ksplice_stop *stop, unsigned long start, size_t len)
{
	stop->ranges[stop->nr_ranges++] = (struct ksplice_range){ start, start + len };
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
	range_add(stop, s->addr + s->hook_off, s->ftrace ? KSPLICE_FTRACE_LEN + 1 : KSPLICE_HOOK_LEN);
}

/*
 * To apply: no task may be inside a function that is replaced, nor in a part of it.  To reverse: none in the code that
 * goes away, nor inside the bytes of a hook.
 */
static void ranges_add(struct ksplice_stop *stop, const struct ksplice_move *move)
{
	struct ksplice_target *t;
	size_t i;

	list_for_each_entry(t, &move->update->targets, list) {
		for (i = 0; i < t->nr_splices; i++) {
			const struct ksplice_splice *s = &t->splices[i];

			if (!move->reverse)
				range_add(stop, s->addr, s->len);
			else if (!s->part)
				range_add_hook(stop, s);
		}
		if (move->reverse)
			ranges_add_module(stop, t->code);
	}
}

static size_t ranges_copy(struct ksplice_range *to, const struct ksplice_range *from, size_t nr)
{
	memcpy(to, from, nr * sizeof(*to));
	return ksplice_ranges_sort(to, nr);
}

/* What no task may be in is the sum of all; which update's it is counts only for the report. */
static void ranges_fill(struct ksplice_stop *stop)
{
	const struct ksplice_moves *m = stop->moves;
	size_t i, nr_gone = 0;

	for (i = 0; i < m->nr; i++) {
		ranges_add(stop, &m->move[i]);
		stop->own_end[i] = stop->nr_ranges;
		/* They come first. */
		if (m->move[i].reverse)
			nr_gone = stop->nr_ranges;
	}
	stop->check.nr_ranges = ranges_copy(stop->check.ranges, stop->ranges, stop->nr_ranges);
	stop->check.nr_gone = ranges_copy(stop->check.gone, stop->ranges, nr_gone);
}

/* ERR_PTR: reason recorded. */
static struct ksplice_stop *stop_create(const struct ksplice_moves *m)
{
	struct ksplice_target *t;
	struct ksplice_stop *stop;
	size_t i, ranges = 0;
	int err = -ENOMEM;

	for (i = 0; i < m->nr; i++)
		list_for_each_entry(t, &m->move[i].update->targets, list)
			ranges += t->nr_splices + 1 + ksplice_arch_nr_code_pages(t->code);
	stop = stop_alloc(m, ranges);
	if (stop) {
		ranges_fill(stop);
		err = ksplice_writes_make(m, &stop->writes);
		if (!err)
			return stop;
		stop_free(stop);
	}
	if (err == -ENOMEM)
		ksplice_fail(m->move[0].update, KSPLICE_OUT_OF_MEMORY, err, NULL);
	return ERR_PTR(err);
}

static int fail_ftrace(struct ksplice_update *u, const struct ksplice_splice *s, int err)
{
	struct ksplice_claim c = ksplice_bypassed_by(s);

	if (!c.by)
		c = ksplice_claimed_by(s);
	/* Nobody: then kernel.ftrace_enabled=0, or the entry is disabled: register_ftrace_function(), 6.1. */
	if (!c.by)
		c.by = "ftrace";
	return ksplice_fail_claimed(u, s, c, err);
}

static int fail_write(const struct ksplice_write *w, const char *by)
{
	return ksplice_fail(w->update, w->text ? KSPLICE_HOOK_CHANGED : KSPLICE_DATA_CHANGED, -EINVAL,
			    w->text ? "unit=%s function=%s by=%s" : "unit=%s data=%s by=%s", w->unit, w->name, by);
}

/* Where each hook goes is as it was when it matched, and nobody else will write there; so is data. */
static int writes_prepare(struct ksplice_stop *stop)
{
	struct ksplice_write *w;
	const char *by;
	int err;

	ksplice_sites_mark(&stop->writes);
	while (stop->nr_prepared < stop->writes.nr) {
		w = &stop->writes.w[stop->nr_prepared];
		by = w->text ? ksplice_text_reserved(w) : NULL;
		if (!by && !ksplice_write_expected(w))
			by = "unknown";
		if (by)
			return fail_write(w, by);
		err = ksplice_write_prepare(w);
		if (err == -ENOMEM)
			return ksplice_fail(w->update, KSPLICE_OUT_OF_MEMORY, err, NULL);
		if (err)
			return ksplice_fail(w->update, KSPLICE_UNEXPECTED, err, "symbol=%s page=none", w->name);
		stop->nr_prepared++;
	}
	return 0;
}

/* The move in whose way a task is; what was not to be found in any range is in the way of all, and told of the first. */
static size_t move_of(const struct ksplice_stop *stop, const struct ksplice_conflict *k)
{
	size_t i = 0, r;

	for (r = 0; r < stop->nr_ranges; r++) {
		while (r == stop->own_end[i])
			i++;
		if (k->addr >= stop->ranges[r].start && k->addr < stop->ranges[r].end)
			return i;
	}
	return 0;
}

static int fail_busy(struct ksplice_stop *stop)
{
	int i, nr = atomic_read(&stop->check.nr_conflicts);

	for (i = 0; i < min(nr, KSPLICE_MAX_CONFLICTS); i++) {
		const struct ksplice_conflict *k = &stop->check.conflicts[i];
		struct ksplice_update *u = stop->moves->move[move_of(stop, k)].update;

		if (ksplice_report_conflict(k, &u->conflicts))
			pr_info("update %s: no memory to list a conflict\n", u->id);
		if (k->kind == KSPLICE_UNCHECKED)
			u->cause = KSPLICE_UNEXPECTED;
		else if (u->cause == KSPLICE_OK)
			u->cause = KSPLICE_CODE_BUSY;
	}
	for (i = 0; i < stop->moves->nr; i++) {
		struct ksplice_update *u = stop->moves->move[i].update;

		if (u->cause != KSPLICE_OK)
			ksplice_fail(u, u->cause, -EBUSY, "conflicts=%d", nr);
	}
	return -EBUSY;
}

static void note_times(const struct ksplice_stop *stop)
{
	size_t i;

	for (i = 0; i < stop->moves->nr; i++) {
		struct ksplice_update *u = stop->moves->move[i].update;

		u->tasks = atomic_read(&stop->check.tasks);
		u->stacks = atomic_read(&stop->check.stacks);
		u->check_ns = stop->after_check - stop->start;
		u->stop_ns = stop->end - stop->start;
	}
}

static int stop_result(struct ksplice_stop *stop)
{
	const struct ksplice_move *move = stop->moves->move;

	note_times(stop);
	switch (stop->result) {
	case 0:
		return 0;
	case -EBUSY:
		return fail_busy(stop);
	case -EINVAL:
		if (stop->changed == stop->writes.nr)
			return ksplice_fail(move[stop->culprit].update, KSPLICE_HOOK_CHANGED, -EINVAL, "by=ftrace");
		return fail_write(&stop->writes.w[stop->changed], "unknown");
	case -ECANCELED:
		return ksplice_author_hooks_report(move[stop->culprit].update, &stop->abort);
	default:
		return ksplice_fail(move[0].update, KSPLICE_UNEXPECTED, stop->result, "write=failed");
	}
}

/*
 * kprobe_mutex: nobody may take a copy of the bytes for a probe between our look and our write.  The order is that of
 * register_kprobe(): kprobe_mutex, then cpus_read_lock(), which stop_machine() takes.
 */
static noinline int stop_and_write(struct ksplice_stop *stop, unsigned long callers_frame)
{
	int err, not_stopped = 0;

	ksplice_kprobes_lock();
	err = ksplice_others_allow(stop->moves);
	if (!err)
		err = writes_prepare(stop);
	if (!err) {
		ksplice_notes_make(&stop->check);
		ksplice_check_asker(&stop->check, callers_frame);
		WRITE_ONCE(stops, stops + 1);
		not_stopped = stop_machine(ksplice_stopped, stop, cpu_online_mask);
	}
	ksplice_kprobes_unlock();
	if (err)
		return err;
	if (not_stopped)
		return ksplice_fail(stop->moves->move[0].update, KSPLICE_UNEXPECTED, not_stopped, "stop=failed");
	return stop_result(stop);
}

/* Of all that are applied; or none, reason recorded. */
static int ftrace_hooks_add(const struct ksplice_moves *m)
{
	const struct ksplice_splice *failed;
	size_t i;
	int err;

	for (i = 0; i < m->nr; i++) {
		err = m->move[i].reverse ? 0 : ksplice_ftrace_hooks_add(m, m->move[i].update, &failed);
		if (!err)
			continue;
		fail_ftrace(m->move[i].update, failed, err);
		while (i--)
			if (!m->move[i].reverse)
				ksplice_ftrace_hooks_remove(m->move[i].update);
		return err;
	}
	return 0;
}

/* Those that are off for good: of all that are reversed, or after a failure, of all that were to be applied. */
static void ftrace_hooks_remove(const struct ksplice_moves *m, bool reverse)
{
	size_t i;

	for (i = 0; i < m->nr; i++)
		if (m->move[i].reverse == reverse)
			ksplice_ftrace_hooks_remove(m->move[i].update);
}

int ksplice_stop_run(const struct ksplice_moves *m)
{
	struct ksplice_stop *stop = stop_create(m);
	int err;

	if (IS_ERR(stop))
		return PTR_ERR(stop);
	/* An author's function may have run for long since all targets were found to be there. */
	ksplice_modules_stay();
	err = ksplice_moves_targets(m);
	if (!err)
		err = ftrace_hooks_add(m);
	if (!err)
		err = stop_and_write(stop, (unsigned long)__builtin_frame_address(0));
	writes_finish(stop);
	ksplice_modules_may_go();
	/* Waits for who is in a trampoline; text is touched by ftrace alone, which knows what is gone. */
	ftrace_hooks_remove(m, !err);
	stop_free(stop);
	return err;
}
