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
	unsigned long	*trace;		/* room for KSPLICE_MAX_TRACE of the frames, or NULL */
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

/*
 * Where a probe is optimised, the instructions that it has overwritten run in a detour, behind which the function goes on (arch/x86/kernel/
 * kprobes/opt.c, 6.1).  A task that was preempted there (preempt=full) has no address of the function on its stack, and whose
 * detour it is nobody tells, so each is taken for one of ours.
 */
static bool has_detours(void)
{
#ifdef COMPAT_DETOURS
	/* None come meanwhile, as kprobe_mutex is held. */
	return !list_empty(&ksplice_optinsn_slots->pages);
#else
	return false;
#endif
}

static bool is_detour(unsigned long addr)
{
#ifdef COMPAT_DETOURS
	return has_detours() && kernel_call(ksplice_is_insn_slot)(ksplice_optinsn_slots, addr);
#else
	return false;
#endif
}

static bool saw_address(void *cookie, unsigned long addr)
{
	struct walk *w = cookie;

	if (!w->hit && (in_ranges(w->check->ranges, w->check->nr_ranges, addr) || is_detour(addr)))
		w->hit = addr;
	return true;
}

static bool saw_frame(void *cookie, unsigned long addr)
{
	struct walk *w = cookie;

	w->frames++;
	if (w->trace && w->nr_trace < KSPLICE_MAX_TRACE)
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

/* The words of a stack between @sp and @top. */
static void scan_between(unsigned long sp, unsigned long top, struct walk *w)
{
	const struct ksplice_check *c = w->check;
	unsigned long low, last, word;
	unsigned int i, nr;

	nr = w->words = sp && sp < top ? (top - sp) / sizeof(long) : 0;
	/* Most words are far from all that counts, and this is the larger part of a short stop. */
	low = has_detours() || !c->nr_ranges ? 0 : c->ranges[0].start;
	last = has_detours() || !c->nr_ranges ? ULONG_MAX : c->ranges[c->nr_ranges - 1].end - 1 - low;
#pragma GCC unroll 8
	for (i = 0; i < nr; i++) {
		word = READ_ONCE_NOCHECK(((unsigned long *)sp)[i]);
		if (unlikely(word - low <= last))
			saw_address(w, word);
	}
}

/* Of a user task, not its saved user registers: they hold what the user likes, and so could keep an update away. */
static unsigned long stack_top(struct task_struct *t)
{
	unsigned long top = (unsigned long)task_stack_page(t) + THREAD_SIZE;

	return t->flags & PF_KTHREAD ? top : user_registers(t, top);
}

/* Every word between the stack pointer and the top. */
static void scan_words(struct task_struct *t, struct walk *w)
{
	unsigned long sp = stack_pointer(t), top = stack_top(t);

	if (t == w->check->asker && sp && sp < w->check->asker_frame)
		top = w->check->asker_frame;
	scan_between(sp, top, w);
	compat_hidden_returns(t, saw_address, w);
}

void ksplice_check_asker(struct ksplice_check *c, unsigned long frame)
{
	struct walk w = { .check = c };

	scan_between(frame, stack_top(current), &w);
	c->asker = w.words && !w.hit ? current : NULL;
	c->asker_frame = frame;
}

/* Would a system call be restarted in code that goes away? */
static bool restarts_in_gone(const struct ksplice_check *c, const struct task_struct *t)
{
	return c->nr_gone && in_ranges(c->gone, c->nr_gone, (unsigned long)t->restart_block.fn);
}

/*
 * Is nothing of @t, which has a stack, in the way?  A word is looked at in some five instructions, a frame by the unwinder in hundreds.  What the
 * unwinder would come to is a word of the stack, too: if no word is in the way, nothing is.  If one is, it may be stale: then look_closely().
 */
static bool words_are_clear(const struct ksplice_check *c, struct task_struct *t)
{
	struct walk w = { .check = c };

	scan_words(t, &w);
	return w.words && !w.hit && !restarts_in_gone(c, t);
}

/* Is nothing in the way as far as the unwinder can tell?  Else @kind and @w->hit tell what is, and @w->trace how the task came there. */
static noinline bool look_closely(const struct ksplice_check *c, struct task_struct *t, struct walk *w, enum ksplice_conflict_kind *kind)
{
	int err = -EINVAL;

	w->check = c;
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
	return !restarts_in_gone(c, t);
}

bool ksplice_task_is_clear(const struct ksplice_check *c, struct task_struct *t)
{
	enum ksplice_conflict_kind kind;
	struct walk w = { 0 };

	return words_are_clear(c, t) || look_closely(c, t, &w, &kind);
}

static noinline void check_closely(struct ksplice_check *c, struct task_struct *t)
{
	unsigned long trace[KSPLICE_MAX_TRACE];
	enum ksplice_conflict_kind kind;
	struct walk w = { .trace = trace };

	if (!look_closely(c, t, &w, &kind))
		conflict(c, t, kind, w.hit, kind == KSPLICE_UNCHECKED ? NULL : &w);
}

static void check_task(struct ksplice_check *c, struct task_struct *t)
{
	atomic_inc(&c->stacks);
	if (compat_task_has_stack(t) && !words_are_clear(c, t))
		check_closely(c, t);
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
 * Every CPU goes along the whole list, which takes some twenty instructions for each task; what is to be done for a task, one of them does.
 * That a task does not run is asked first: one that was noted, and runs now, has not been switched out since.
 */
static unsigned int check_listed(struct ksplice_check *c, unsigned int nth, unsigned int nr)
{
	const struct ksplice_note *note = c->notes.note, *end = note + c->notes.nr, *near = note + nth;
	struct task_struct *p, *t;
	unsigned int tasks = 0;

	for_each_process_thread(p, t) {
		if (nth--)
			continue;
		nth = nr - 1;
		if (is_running(c, t)) {
			near += nr;
			continue;
		}
		if (unlikely(near >= end || near->task != t))
			near = ksplice_notes_find(&c->notes, t, near);
		if (unlikely(near >= end || near->task != t || near->switches != ksplice_switches(t)))
			check_task(c, t);
		tasks++;
		near += nr;
	}
	return tasks;
}

/* Where every task is noted, the list need not be gone along, and each CPU has its own share of the notes. */
static unsigned int check_noted(struct ksplice_check *c, unsigned int nth, unsigned int nr)
{
	const struct ksplice_note *note = c->notes.note + nth, *end = c->notes.note + c->notes.nr;
	unsigned int tasks = 0;

	for (; note < end; note += nr) {
		if (is_running(c, note->task))
			continue;
		if (unlikely(note->switches != ksplice_switches(note->task)))
			check_task(c, note->task);
		tasks++;
	}
	return tasks;
}

void ksplice_check_tasks(struct ksplice_check *c, unsigned int nth, unsigned int nr)
{
	unsigned int tasks = 1;

	check_task(c, current);
	rcu_read_lock();
	tasks += ksplice_notes_all(&c->notes) ? check_noted(c, nth, nr) : check_listed(c, nth, nr);
	/*
	 * A task that reaps itself leaves the list in exit_notify() and runs on, able to sleep, to its last schedule() in
	 * do_exit() (kernel/exit.c, 6.1 and 6.12).
	 */
	if (!nth && compat_somebody_exits(ksplice_exit_symbol))
		conflict(c, NULL, KSPLICE_EXITING, 0, NULL);
	rcu_read_unlock();
	tasks += check_idle(c, nth, nr);
	atomic_add(tasks, &c->tasks);
}
