/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one place that knows how kernel releases differ.  Each entry names the commit and the release that made the
 * difference.  A release that nobody has looked at is refused here, at compile time: most of what the core relies on
 * is not an interface that the kernel promises to keep.
 */
#ifndef KSPLICE_COMPAT_H
#define KSPLICE_COMPAT_H

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/llist.h>
#include <linux/module.h>
#ifdef CONFIG_RETHOOK
#include <linux/rethook.h>
#endif
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/srcu.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0) || LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#error "ksplice: this kernel release has not been looked at yet, see compat.h"
#endif

#ifndef CONFIG_KALLSYMS_ALL
#error "ksplice: the kernel needs CONFIG_KALLSYMS_ALL, or data symbols cannot be found by name"
#endif

/*
 * Text of a loaded module, without its init part.  ac3b43283923 ("module: replace module_layout with
 * module_memory", v6.4) makes it mod->mem[MOD_TEXT].
 */
static inline unsigned long compat_text_start(const struct module *mod)
{
	return (unsigned long)mod->core_layout.base;
}

static inline unsigned long compat_text_size(const struct module *mod)
{
	return mod->core_layout.text_size;
}

/* A task that has exited for good has given its stack back; kernel/fork.c, put_task_stack(). */
static inline bool compat_task_has_stack(struct task_struct *t)
{
#ifdef CONFIG_THREAD_INFO_IN_TASK
	return refcount_read(&t->stack_refcount) && t->stack;
#else
	return t->stack;
#endif
}

/* task_struct has on_cpu only with CONFIG_SMP: include/linux/sched.h, 6.1. */
static inline bool compat_on_cpu(struct task_struct *t)
{
#ifdef CONFIG_SMP
	return READ_ONCE(t->on_cpu);
#else
	return t == current;
#endif
}

/*
 * rethook_find_ret_addr() warns about a task that is neither current nor asleep, though in a stopped machine a
 * preempted task stands as still as a sleeping one (kernel/trace/rethook.c, 6.1).  So such a task is not shown to the
 * unwinder.
 */
static inline bool compat_unwinder_would_warn(struct task_struct *t)
{
#ifdef CONFIG_RETHOOK
	return t != current && task_is_running(t) && t->rethooks.first;
#else
	return false;
#endif
}

/*
 * Calls @fn with each return address that the function graph tracer or a kretprobe has taken from the task's stack
 * and keeps elsewhere.
 */
static inline void compat_hidden_returns(struct task_struct *t, bool (*fn)(void *cookie, unsigned long addr),
					 void *cookie)
{
#ifdef CONFIG_FUNCTION_GRAPH_TRACER
	int i;

	for (i = 0; t->ret_stack && i <= t->curr_ret_stack; i++)
		fn(cookie, t->ret_stack[i].ret);
#endif
#ifdef CONFIG_RETHOOK
	{
		struct llist_node *node;

		for (node = t->rethooks.first; node; node = node->next)
			fn(cookie, container_of(node, struct rethook_node, llist)->ret_addr);
	}
#elif defined(CONFIG_KRETPROBES)
	/* 73f9b911faa7 ("kprobes: Use rethook for kretprobe if possible", v5.18): of 6.1's architectures, x86. */
	{
		struct llist_node *node;

		for (node = t->kretprobe_instances.first; node; node = node->next)
			fn(cookie, (unsigned long)container_of(node, struct kretprobe_instance, llist)->ret_addr);
	}
#endif
}

/*
 * How many readers an SRCU domain has, exact only while nothing runs.  struct srcu_data of 6.1, include/linux/srcutree.h;
 * 6.2 made the counters atomic_long_t, for readers in NMIs.
 */
static inline long compat_srcu_readers(struct srcu_struct *ssp)
{
	long readers = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct srcu_data *sdp = per_cpu_ptr(ssp->sda, cpu);

		readers += sdp->srcu_lock_count[0] + sdp->srcu_lock_count[1];
		readers -= sdp->srcu_unlock_count[0] + sdp->srcu_unlock_count[1];
	}
	return readers;
}

#endif
