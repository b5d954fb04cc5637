/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is any task inside code that is about to be replaced or taken away?  Asked while the machine is stopped: nothing
 * here allocates, sleeps, prints or takes a lock.  docs/safety.md gives the argument.
 */
#ifndef KSPLICE_SAFETY_H
#define KSPLICE_SAFETY_H

#include <linux/atomic.h>
#include <linux/sched.h>
#include <linux/types.h>

#define KSPLICE_MAX_CONFLICTS	64	/* the rest is counted, not kept */
#define KSPLICE_MAX_TRACE	24	/* return addresses kept of one task */

struct ksplice_range {
	unsigned long start, end;	/* [start, end) */
};

enum ksplice_conflict_kind {
	KSPLICE_IN_RANGE,	/* an address on its stack lies in a range */
	KSPLICE_RESTARTS,	/* an interrupted system call would go on in a range */
	KSPLICE_EXITING,	/* tasks that are in no list any more may still run kernel code */
	KSPLICE_UNCHECKED,	/* nothing could be checked: no stack where one must be, or a running task */
};

struct ksplice_conflict {
	enum ksplice_conflict_kind kind;
	pid_t		pid, tgid;
	char		comm[TASK_COMM_LEN];
	unsigned long	addr;
	unsigned int	nr_trace;
	unsigned long	trace[KSPLICE_MAX_TRACE];
};

/* A task whose stack was found clear before the stop, and how often it had been switched out by then. */
struct ksplice_note {
	struct task_struct *task;	/* a reference; NULL: none */
	unsigned long	switches;
};

struct ksplice_notes {
	struct ksplice_note *note;	/* in the order of the list of tasks; kvmalloc. NULL: nothing is noted */
	size_t		nr;
	u32		*place;		/* a hash table of 1 << bits places, at most half of them taken: number of a note + 1; kvmalloc */
	unsigned int	bits;
	bool		all;		/* of every task that there was when the kernel had made @forks */
	unsigned long	forks;
};

struct ksplice_check {
	/* set by the caller */
	struct ksplice_range *ranges;	/* sorted by start, not overlapping */
	size_t		nr_ranges;
	struct ksplice_range *gone;	/* likewise: those of code that goes away, in which no system call may be restarted */
	size_t		nr_gone;
	struct task_struct **running;	/* nr_cpu_ids; filled by ksplice_check_enter() */
	struct ksplice_conflict *conflicts;	/* KSPLICE_MAX_CONFLICTS */
	struct ksplice_notes notes;	/* of ksplice_notes_make(); may be all zero */
	struct task_struct *asker;	/* of ksplice_check_asker(): who stops the machine; or NULL */
	unsigned long	asker_frame;	/* from here to the top, that one's stack is clear, and stays as it is */
	/* results; zero before */
	atomic_t	nr_conflicts;	/* may be more than are kept */
	atomic_t	tasks;		/* checked, those without a stack included */
	atomic_t	stacks;		/* of these, looked at in the stop; of the others, notes were as good */
};

/* Sorts @ranges and joins those that overlap; returns how many are left. */
size_t ksplice_ranges_sort(struct ksplice_range *ranges, size_t nr);

/*
 * Before the stop, by who asks for it, in a function that is called by the one with the frame @frame and comes back to it only after the stop: what
 * is above need not be looked at again.
 */
void ksplice_check_asker(struct ksplice_check *c, unsigned long frame);
/* Called on every CPU before any CPU calls ksplice_check_tasks(). */
void ksplice_check_enter(struct ksplice_check *c);
/* Checks the caller's own task, and all others whose number modulo @nr is @nth. */
void ksplice_check_tasks(struct ksplice_check *c, unsigned int nth, unsigned int nr);

/*
 * Is nothing of @t in the way?  It is either @current or cannot run meanwhile, and has, or its caller holds, its stack.  Outside of the stop,
 * what lies on the stack need not be what runs next: see noted.c.
 */
bool ksplice_task_is_clear(const struct ksplice_check *c, struct task_struct *t);

/* noted.c: before the stop, when @c's ranges are known; may sleep. What there is no memory for is looked at in the stop. */
void ksplice_notes_make(struct ksplice_check *c);
/* In the stop: is every task noted that there is? */
bool ksplice_notes_all(const struct ksplice_notes *n);
/*
 * In the stop: the note of @t, which is not at @near, where it was expected; or @near, if there is none.  A task that does not run is clear
 * if it has not run since it was noted, as its ksplice_switches() tell.
 */
const struct ksplice_note *ksplice_notes_find(const struct ksplice_notes *n, const struct task_struct *t, const struct ksplice_note *near);

/*
 * __schedule() adds one whenever a task is switched out, before it has gone (kernel/sched/core.c, 6.1 and 6.12: ++*switch_count);
 * only copy_mm(), for a task that nobody knows yet, sets the counters.
 */
static inline unsigned long ksplice_switches(const struct task_struct *t)
{
	return READ_ONCE(t->nvcsw) + READ_ONCE(t->nivcsw);
}

void ksplice_notes_free(struct ksplice_notes *n);

#endif
