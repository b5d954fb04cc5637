// SPDX-License-Identifier: GPL-2.0-only
/*
 * What runs while the machine is stopped: all CPUs check stacks, then one of them writes all hooks of all updates that it is for,
 * or none.  Nothing here allocates, sleeps, prints or takes a lock; docs/safety.md gives the argument.
 */
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/ktime.h>

#include "stop.h"

/* All CPUs are in ksplice_stopped() with interrupts off, so the wait is short. */
static void meet(atomic_t *here, unsigned int nr)
{
	smp_mb__before_atomic();
	atomic_inc(here);
	while (atomic_read(here) < nr)
		cpu_relax();
	smp_mb__after_atomic();
}

static bool ftrace_hooks_ready(struct ksplice_stop *stop)
{
	const struct ksplice_moves *m = stop->moves;

	for (stop->culprit = 0; stop->culprit < m->nr; stop->culprit++)
		if (!m->move[stop->culprit].reverse && !ksplice_ftrace_hooks_ready(m->move[stop->culprit].update))
			return false;
	return true;
}

static int write_all(struct ksplice_stop *stop)
{
	const struct ksplice_write *w = stop->writes.w;
	size_t i, nr = stop->writes.nr;

	for (i = 0; i < nr; i++) {
		if (!ksplice_write_expected(&w[i])) {
			stop->changed = i;
			return -EINVAL;
		}
	}
	if (!ftrace_hooks_ready(stop)) {
		stop->changed = nr;
		return -EINVAL;
	}
	for (i = 0; i < nr; i++) {
		if (!ksplice_write_do(&w[i])) {
			while (i--)
				ksplice_write_undo(&w[i]);
			return -EIO;
		}
	}
	/* Cannot fail, so it is last. */
	ksplice_ftrace_hooks_switch(stop->moves);
	return 0;
}

/* NMI handlers run still. */
static void ask(struct ksplice_stop *stop)
{
	const struct ksplice_moves *m = stop->moves;
	size_t i;

	if (atomic_read(&stop->check.nr_conflicts)) {
		stop->result = -EBUSY;
		return;
	}
	for (i = 0; i < m->nr; i++) {
		if (ksplice_author_hooks_ask(m->move[i].update, m->move[i].reverse ? KSPLICE_CHECK_REVERSE :
					     KSPLICE_CHECK_APPLY, &stop->abort))
			continue;
		stop->culprit = i;
		stop->result = -ECANCELED;
		return;
	}
}

/* NMI handlers do not run.  No other CPU goes on before it is done. */
static void change(struct ksplice_stop *stop)
{
	const struct ksplice_moves *m = stop->moves;
	size_t i;

	if (!stop->result)
		stop->result = write_all(stop);
	if (stop->result)
		return;
	/* The author's functions may call what was just redirected. */
	ksplice_arch_sync();
	for (i = 0; i < m->nr; i++)
		ksplice_author_hooks_call(m->move[i].update, m->move[i].reverse ? KSPLICE_REVERSE : KSPLICE_APPLY);
}

int ksplice_stopped(void *data)
{
	struct ksplice_stop *stop = data;
	unsigned int nr = num_online_cpus();
	unsigned int nth;

	ksplice_check_enter(&stop->check);
	nth = atomic_inc_return(&stop->entered) - 1;
	while (atomic_read(&stop->entered) < nr)
		cpu_relax();
	if (!nth)
		stop->start = ktime_get_mono_fast_ns();
	ksplice_check_tasks(&stop->check, nth, nr);
	meet(&stop->checked, nr);
	if (!nth) {
		stop->after_check = ktime_get_mono_fast_ns();
		ask(stop);
		ksplice_arch_nmi_off();
	}
	/* Whoever is in an NMI handler comes to this meeting only after it: from here on none runs until the hooks are whole. */
	meet(&stop->quiet, nr);
	if (!nth)
		change(stop);
	meet(&stop->written, nr);
	ksplice_arch_sync();
	if (!nth) {
		/* A CPU that has not synchronised yet has interrupts off, and its next instructions are in this function. */
		ksplice_arch_nmi_on();
		stop->end = ktime_get_mono_fast_ns();
	}
	return 0;
}
