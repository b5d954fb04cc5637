// SPDX-License-Identifier: GPL-2.0-only
/* The stack check of all tasks in a stopped machine. */
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/smp.h>
#include <linux/sort.h>

#include "compat.h"
#include "core.h"
#include "safety.h"
#include "symbols.h"

/* What was seen of one task. */
struct walk {
	const struct ksplice_check *check;
	unsigned int	frames, words;
	unsigned long	hit;		/* first address in a range, or 0 */
	unsigned int	nr_trace;
	unsigned long	trace[KSPLICE_MAX_TRACE];
};

static int range_cmp(const void *a, const void *b)
{
	const struct ksplice_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

size_t ksplice_ranges_sort(struct ksplice_range *ranges, size_t nr)
{
	size_t i, last = 0;

	if (!nr)
		return 0;
	sort(ranges, nr, sizeof(*ranges), range_cmp, NULL);
	for (i = 1; i < nr; i++) {
		if (ranges[i].start <= ranges[last].end)
			ranges[last].end = max(ranges[last].end, ranges[i].end);
		else
			ranges[++last] = ranges[i];
	}
	return last + 1;
}

static bool in_ranges(const struct ksplice_range *ranges, size_t nr, unsigned long addr)
{
	size_t low = 0, high = nr;

	if (!high || addr < ranges[0].start || addr >= ranges[high - 1].end)
		return false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (addr >= ranges[mid].end)
			low = mid + 1;
		else if (addr < ranges[mid].start)
			high = mid;
		else
			return true;
	}
	return false;
}

static void conflict(struct ksplice_check *c, struct task_struct *t, enum ksplice_conflict_kind kind,
		     unsigned long addr, const struct walk *w)
{
	int i = atomic_inc_return(&c->nr_conflicts) - 1;
	struct ksplice_conflict *k;

	if (i >= KSPLICE_MAX_CONFLICTS)
		return;
	k = &c->conflicts[i];
	k->kind = kind;
	k->addr = addr;
	if (t) {
		k->pid = t->pid;
		k->tgid = t->tgid;
		memcpy(k->comm, t->comm, sizeof(k->comm));
	}
	if (w) {
		k->nr_trace = w->nr_trace;
		memcpy(k->trace, w->trace, w->nr_trace * sizeof(*w->trace));
	}
}

static bool saw_address(void *cookie, unsigned long addr)
{
	struct walk *w = cookie;

	if (!w->hit && in_ranges(w->check->ranges, w->check->nr_ranges, addr))
		w->hit = addr;
	return true;
}

/*
 * Where a probe is optimised, the instructions that it has overwritten run in a detour, behind which the function goes on (arch/x86/kernel/
 * kprobes/opt.c, 6.1).  A task that was preempted there (preempt=full) has no address of the function on its stack, and whose
 * detour it is nobody tells, so each is taken for one of ours.
 */
static bool is_detour(unsigned long addr)
{
#ifdef COMPAT_DETOURS
	return kernel_call(ksplice_is_insn_slot)(ksplice_optinsn_slots, addr);
#else
	return false;
#endif
}

static bool saw_frame(void *cookie, unsigned long addr)
{
	struct walk *w = cookie;

	w->frames++;
	if (!w->hit && is_detour(addr))
		w->hit = addr;
	if (w->nr_trace < KSPLICE_MAX_TRACE)
		w->trace[w->nr_trace++] = addr;
	return saw_address(w, addr);
}

/* The saved stack pointer, or where we are in our own; 0 if it does not point into the task's stack. */
static unsigned long stack_pointer(struct task_struct *t)
{
	unsigned long base = (unsigned long)task_stack_page(t);
	unsigned long sp;

	sp = t == current ? (unsigned long)__builtin_frame_address(0) : ksplice_arch_task_sp(t);
	sp = ALIGN_DOWN(sp, sizeof(long));
	return sp >= base && sp < base + THREAD_SIZE ? sp : 0;
}

/* @top where there are none: on ppc64le a worker of io_uring has not (arch/powerpc/kernel/process.c, copy_thread(), 6.1). */
static unsigned long user_registers(struct task_struct *t, unsigned long top)
{
	unsigned long regs = (unsigned long)task_pt_regs(t);

	return regs ? regs : top;
}

/*
 * Every word between the stack pointer and the top.  Of a user task, not its saved user registers: they hold what the
 * user likes, and so could keep an update away.
 */
static void scan_words(struct task_struct *t, struct walk *w)
{
	unsigned long top = (unsigned long)task_stack_page(t) + THREAD_SIZE;
	unsigned long sp = stack_pointer(t);

	if (!(t->flags & PF_KTHREAD))
		top = user_registers(t, top);
	for (; sp && sp < top; sp += sizeof(long)) {
		w->words++;
		saw_address(w, READ_ONCE_NOCHECK(*(unsigned long *)sp));
	}
	compat_hidden_returns(t, saw_address, w);
}

/* Whether nothing of @t, which has a stack, is in the way; else @kind and @w->hit tell what is. */
static bool is_clear(const struct ksplice_check *c, struct task_struct *t, struct walk *w, enum ksplice_conflict_kind *kind)
{
	int err = -EINVAL;

	w->check = c;
	w->frames = w->words = w->nr_trace = 0;
	w->hit = 0;
	if (!compat_unwinder_would_warn(t))
		err = kernel_call(ksplice_stack_walk_reliable)(saw_frame, w, t);
	/* A stack that is there has at least the frame in which the task was switched out. */
	if (err || !w->frames)
		scan_words(t, w);
	*kind = KSPLICE_IN_RANGE;
	if (w->hit)
		return false;
	*kind = KSPLICE_UNCHECKED;
	if ((err || !w->frames) && !w->words)
		return false;
	*kind = KSPLICE_RESTARTS;
	w->hit = (unsigned long)t->restart_block.fn;
	return !in_ranges(c->gone, c->nr_gone, w->hit);
}

bool ksplice_task_is_clear(const struct ksplice_check *c, struct task_struct *t)
{
	enum ksplice_conflict_kind kind;
	struct walk w;

	return is_clear(c, t, &w, &kind);
}

static void check_task(struct ksplice_check *c, struct task_struct *t)
{
	enum ksplice_conflict_kind kind;
	struct walk w;

	atomic_inc(&c->stacks);
	if (compat_task_has_stack(t) && !is_clear(c, t, &w, &kind))
		conflict(c, t, kind, w.hit, kind == KSPLICE_UNCHECKED ? NULL : &w);
}

void ksplice_check_enter(struct ksplice_check *c)
{
	c->running[smp_processor_id()] = current;
}

/* A task that was not stopped by us: it checks itself if it is one of ours, else it has no business running. */
static bool is_running(struct ksplice_check *c, struct task_struct *t)
{
	if (!compat_on_cpu(t))
		return false;
	if (c->running[task_cpu(t)] != t)
		conflict(c, t, KSPLICE_UNCHECKED, 0, NULL);
	return true;
}

/*
 * Idle tasks are in no list of tasks.  That of a CPU which is not online need not be looked at: it starts anew at
 * start_secondary() (arch/x86/kernel/smpboot.c, 6.1), whatever was on its stack.
 */
static unsigned int check_idle(struct ksplice_check *c, unsigned int nth, unsigned int nr)
{
	unsigned int i = 0, tasks = 0;
	int cpu;

	for_each_online_cpu(cpu) {
		struct task_struct *t = kernel_call(ksplice_idle_task)(cpu);

		if (i++ % nr == nth && !is_running(c, t)) {
			check_task(c, t);
			tasks++;
		}
	}
	return tasks;
}

/*
 * Every CPU goes along the whole list, which takes some ten instructions for each task; what is to be done for a task, one of them does.
 * That a task does not run is asked first: one that was noted, and runs now, has not been switched out since.
 */
static unsigned int check_listed(struct ksplice_check *c, unsigned int nth, unsigned int nr)
{
	struct task_struct *p, *t;
	unsigned int tasks = 0;

	rcu_read_lock();
	for_each_process_thread(p, t) {
		if (nth--)
			continue;
		nth = nr - 1;
		if (is_running(c, t))
			continue;
		if (!ksplice_notes_clear(&c->notes, t))
			check_task(c, t);
		tasks++;
	}
	rcu_read_unlock();
	return tasks;
}

void ksplice_check_tasks(struct ksplice_check *c, unsigned int nth, unsigned int nr)
{
	check_task(c, current);
	atomic_add(1 + check_listed(c, nth, nr) + check_idle(c, nth, nr), &c->tasks);
	/*
	 * A task that reaps itself leaves the list in exit_notify() and runs on, able to sleep, to its last schedule() in
	 * do_exit() (kernel/exit.c, 6.1 and 6.12).
	 */
	rcu_read_lock();
	if (!nth && compat_somebody_exits(ksplice_exit_symbol))
		conflict(c, NULL, KSPLICE_EXITING, 0, NULL);
	rcu_read_unlock();
}
