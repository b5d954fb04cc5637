// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks whose stacks are looked at before the machine is stopped.  Walking a stack takes some thousand instructions, and most tasks of
 * a machine sleep; a task that has not run since its stack was found clear need not be looked at again in the stop.  docs/safety.md
 * gives the argument.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/wait.h>

#include "compat.h"
#include "safety.h"
#include "symbols.h"

#define NOT_CLEAR	(~0UL)

/* The place of @t, or the empty one where it would be: there is always one. */
static u32 *place_of(const struct ksplice_notes *n, const struct task_struct *t)
{
	size_t i = hash_ptr(t, n->bits);

	while (n->place[i] && n->note[n->place[i] - 1].task != t)
		i = (i + 1) & ((1UL << n->bits) - 1);
	return &n->place[i];
}

static size_t count_tasks(void)
{
	struct task_struct *p, *t;
	size_t nr = 0;

	rcu_read_lock();
	for_each_process_thread(p, t)
		nr++;
	rcu_read_unlock();
	return nr;
}

#ifdef CONFIG_KALLSYMS_ALL
/*
 * copy_process() counts each task in both when it puts it into the list, and __unhash_process() takes it off nr_threads with the list's entry, all
 * under tasklist_lock (kernel/fork.c, kernel/exit.c, 6.1 and 6.12).  So if neither changes, the list does not, and if total_forks does
 * not until the stop, there is no task that was not there.
 */
static unsigned long forks(void)
{
	return READ_ONCE(*ksplice_total_forks);
}

static size_t threads(void)
{
	return READ_ONCE(*ksplice_nr_threads);
}
#else
static unsigned long forks(void)
{
	return 0;
}

static size_t threads(void)
{
	return 0;	/* as many as nobody has noted */
}
#endif

bool ksplice_notes_all(const struct ksplice_notes *n)
{
	return n->all && n->forks == forks();
}

/* What comes while we are at it and has no room is looked at in the stop. */
static void gather(struct ksplice_notes *n, size_t max)
{
	size_t before = threads();
	struct task_struct *p, *t;

	n->forks = forks();
	/* The list is read between the counters: with the release of tasklist_lock, under which all of it is written. */
	smp_rmb();
	rcu_read_lock();
	for_each_process_thread(p, t) {
		if (n->nr == max)
			goto out;
		get_task_struct(t);
		n->note[n->nr] = (struct ksplice_note){ .task = t, .switches = NOT_CLEAR };
		*place_of(n, t) = ++n->nr;
	}
out:
	rcu_read_unlock();
	smp_rmb();
	n->all = n->nr && n->nr == before && before == threads() && n->forks == forks();
}

struct look {
	const struct ksplice_check *check;
	struct ksplice_note *note;
};

/* Called with @t pinned: it is neither switched in nor out meanwhile. */
static int look_pinned(struct task_struct *t, void *data)
{
	struct look *look = data;

	if (!compat_on_cpu_acquire(t) && ksplice_task_is_clear(look->check, t))
		look->note->switches = ksplice_switches(t);
	return 0;
}

/* Again at those that have run since they were looked at; the others are as they were. */
static void look(const struct ksplice_check *c, struct ksplice_notes *n)
{
	struct look look = { .check = c };
	size_t i;

	for (i = 0; i < n->nr; i++) {
		struct task_struct *t = n->note[i].task;

		if (n->note[i].switches == ksplice_switches(t) || !try_get_task_stack(t))
			continue;
		look.note = &n->note[i];
		look.note->switches = NOT_CLEAR;
		kernel_call(ksplice_task_call_func)(t, look_pinned, &look);
		kernel_call(ksplice_put_task_stack)(t);
		cond_resched();
	}
}

void ksplice_notes_make(struct ksplice_check *c)
{
	struct ksplice_notes *n = &c->notes;
	size_t max = count_tasks();

	max += max / 8 + 64;
	n->bits = order_base_2(2 * max);
	n->note = kvcalloc(max, sizeof(*n->note), GFP_KERNEL | __GFP_NOWARN);
	n->place = kvcalloc(1UL << n->bits, sizeof(*n->place), GFP_KERNEL | __GFP_NOWARN);
	if (!n->note || !n->place) {
		ksplice_notes_free(n);
		return;
	}
	gather(n, max);
	/* The first takes long enough for some to have run; the second is short, and so leaves hardly any. */
	look(c, n);
	look(c, n);
}

const struct ksplice_note *ksplice_notes_find(const struct ksplice_notes *n, const struct task_struct *t, const struct ksplice_note *near)
{
	u32 place = n->nr ? *place_of(n, t) : 0;

	return place ? &n->note[place - 1] : near;
}

void ksplice_notes_free(struct ksplice_notes *n)
{
	size_t i;

	for (i = 0; i < n->nr; i++) {
		put_task_struct(n->note[i].task);
		cond_resched();
	}
	kvfree(n->note);
	kvfree(n->place);
	*n = (struct ksplice_notes){ 0 };
}
