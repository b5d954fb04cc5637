/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one place that knows how kernel releases differ.  Each entry names the commit and the release that made the
 * difference.  A release that nobody has looked at is refused here, at compile time: most of what the core relies on
 * is not an interface that the kernel promises to keep.
 */
#ifndef KSPLICE_COMPAT_H
#define KSPLICE_COMPAT_H

#include <linux/ftrace.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/llist.h>
#include <linux/module.h>
#include <linux/moduleloader.h>
#include <linux/percpu.h>
#include <linux/rcu_segcblist.h>
#ifdef CONFIG_RETHOOK
#include <linux/rethook.h>
#endif
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/srcu.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#define COMPAT_IS(major, minor)	(LINUX_VERSION_CODE >= KERNEL_VERSION(major, minor, 0) && \
				 LINUX_VERSION_CODE < KERNEL_VERSION(major, (minor) + 1, 0))

#if !COMPAT_IS(6, 1) && !COMPAT_IS(6, 12)
#error "ksplice: this kernel release has not been looked at yet, see compat.h"
#endif

/*
 * Without CONFIG_KALLSYMS_ALL there are no data symbols by name.  On ppc64le that has been looked at, of a kernel that is preempted nowhere
 * but where it says so: symbols.c and tracers.c have functions that do in place of data.
 */
#if !defined(CONFIG_KALLSYMS_ALL) && (!defined(CONFIG_PPC64) || defined(CONFIG_PREEMPTION))
#error "ksplice: the kernel needs CONFIG_KALLSYMS_ALL, or data symbols cannot be found by name"
#endif

/*
 * The detours of optimised kprobes: a task can be switched out in one only where the kernel is preemptible, as neither they nor the handlers
 * that they call sleep.
 */
#if defined(CONFIG_OPTPROBES) && defined(CONFIG_PREEMPTION)
#define COMPAT_DETOURS
#endif

/*
 * Text of a loaded module, without its init part.  ac3b43283923 ("module: replace module_layout with
 * module_memory", v6.4) gave each kind of memory a place of its own.
 */
static inline unsigned long compat_text_start(const struct module *mod)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return (unsigned long)mod->mem[MOD_TEXT].base;
#else
	return (unsigned long)mod->core_layout.base;
#endif
}

static inline unsigned long compat_text_size(const struct module *mod)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return mod->mem[MOD_TEXT].size;
#else
	return mod->core_layout.text_size;
#endif
}

/*
 * Memory in module space that is written to and never executed.  12af2b83d0b1 ("mm: introduce execmem_alloc() and
 * execmem_free()", v6.10) took the place of module_alloc() and module_memfree().
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#include <linux/execmem.h>
#define COMPAT_MODULE_ALLOC	execmem_alloc
#define COMPAT_MODULE_FREE	execmem_free
#define COMPAT_MODULE_ALLOC_ARGS(size)	EXECMEM_MODULE_DATA, (size)
#else
#define COMPAT_MODULE_ALLOC	module_alloc
#define COMPAT_MODULE_FREE	module_memfree
#define COMPAT_MODULE_ALLOC_ARGS(size)	(size)
#endif

/*
 * An entry of a module's table of exports.  It is no longer in a public header since ddb5cdbafaaa ("kbuild: generate
 * KSYMTAB entries by modpost", v6.5); as in kernel/module/internal.h, 6.12.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
struct kernel_symbol {
#ifdef CONFIG_HAVE_ARCH_PREL32_RELOCATIONS
	int value_offset;
	int name_offset;
	int namespace_offset;
#else
	unsigned long value;
	const char *name;
	const char *namespace;
#endif
};
#endif

/*
 * A callback of kallsyms_on_each_symbol() and module_kallsyms_on_each_symbol().  3703bd54cd37 ("kallsyms: Delete an unused
 * parameter related to {module_}kallsyms_on_each_symbol()", v6.4) took the module away.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define COMPAT_KALLSYMS_CALLBACK(fn) int fn(void *data, const char *name, unsigned long addr)
#else
#define COMPAT_KALLSYMS_CALLBACK(fn) int fn(void *data, const char *name, struct module *unused, unsigned long addr)
#endif

/*
 * The arguments of module_kallsyms_on_each_symbol() for all modules.  07cc2c931e8e ("livepatch: Improve the search
 * performance of module_kallsyms_on_each_symbol()", v6.3) added the name of one.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define COMPAT_ALL_MODULES(fn, data) NULL, (fn), (data)
#else
#define COMPAT_ALL_MODULES(fn, data) (fn), (data)
#endif

/* vmlinux's symbols of one name: 4dc533e0f2c0 ("kallsyms: Add helper kallsyms_on_each_match_symbol()", v6.2 and 6.1.60). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 60)
#define COMPAT_SYMBOLS_BY_NAME
#endif

/* Has the traced function go on at @ip. 94d095ffa0e1 ("ftrace: abstract DYNAMIC_FTRACE_WITH_ARGS accesses", v6.2) renamed it. */
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_REGS
static __always_inline void compat_ftrace_set_ip(struct ftrace_regs *fregs, unsigned long ip)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	ftrace_instruction_pointer_set(fregs, ip);
#else
	ftrace_regs_set_instruction_pointer(fregs, ip);
#endif
}
#endif

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

/* The same; if not, all that it did before it was switched out is to be seen: finish_task(), kernel/sched/core.c, 6.1. */
static inline bool compat_on_cpu_acquire(struct task_struct *t)
{
#ifdef CONFIG_SMP
	return smp_load_acquire(&t->on_cpu);
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

#ifdef CONFIG_FUNCTION_GRAPH_TRACER
/*
 * 42675b723b48 ("function_graph: Convert ret_stack to a series of longs", v6.11): the frames have different sizes, with data
 * of tracers between them.  All words in use are taken for return addresses, as those of a stack that cannot be
 * unwound: what is none may look like a conflict, but none is missed.
 */
static inline void compat_graph_returns(struct task_struct *t, bool (*fn)(void *cookie, unsigned long addr), void *cookie)
{
	int i;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	int nr = min_t(int, t->curr_ret_stack, PAGE_SIZE / sizeof(long));	/* SHADOW_STACK_SIZE, kernel/trace/fgraph.c, 6.12 */

	for (i = 0; t->ret_stack && i < nr; i++)
		fn(cookie, t->ret_stack[i]);
#else
	for (i = 0; t->ret_stack && i <= t->curr_ret_stack; i++)
		fn(cookie, t->ret_stack[i].ret);
#endif
}
#endif

/*
 * Calls @fn with each return address that the function graph tracer or a kretprobe has taken from the task's stack
 * and keeps elsewhere.
 */
static inline void compat_hidden_returns(struct task_struct *t, bool (*fn)(void *cookie, unsigned long addr),
					 void *cookie)
{
#ifdef CONFIG_FUNCTION_GRAPH_TRACER
	compat_graph_returns(t, fn, cookie);
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
 * Tasks between the start of exit_notify() and their last schedule() may be in no list of tasks any more.  Where the kernel is preemptible,
 * RCU-tasks has the same worry, and knows who is there: kernel/rcu/tasks.h.
 *
 *	COMPAT_EXIT_SYMBOL		what knows it, and
 *	COMPAT_EXIT_OWNER		to whom that belongs; NULL: nobody need be asked
 *	compat_exit_known()		whether these are what we take them for
 *	compat_somebody_exits()		exact only while nothing runs; under RCU
 */
#ifdef CONFIG_TASKS_RCU
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
/*
 * 1612160b9127 ("rcu-tasks: Eliminate deadlocks involving do_exit() and RCU tasks", v6.9): a list per CPU, to which such a task
 * adds itself.  The struct is private to kernel/rcu/tasks.h and copied from there, 6.12; it points to its owner, which
 * shows that the copy is right.
 */
struct compat_rcu_tasks_percpu {
	struct rcu_segcblist cblist;
	raw_spinlock_t lock;
	unsigned long rtp_jiffies;
	unsigned long rtp_n_lock_retries;
	struct timer_list lazy_timer;
	unsigned int urgent_gp;
	struct work_struct rtp_work;
	struct irq_work rtp_irq_work;
	struct rcu_head barrier_q_head;
	struct list_head rtp_blkd_tasks;
	struct list_head rtp_exit_list;
	int cpu;
	int index;
	void *rtpp;
};

#define COMPAT_EXIT_SYMBOL	"rcu_tasks__percpu"
#define COMPAT_EXIT_OWNER	"rcu_tasks"

static inline struct compat_rcu_tasks_percpu *compat_exit_of(unsigned long symbol, int cpu)
{
	return per_cpu_ptr((struct compat_rcu_tasks_percpu __percpu *)symbol, cpu);
}

static inline bool compat_exit_known(unsigned long symbol, unsigned long owner)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct compat_rcu_tasks_percpu *p = compat_exit_of(symbol, cpu);

		if (p->cpu != cpu || p->rtpp != (void *)owner || !p->rtp_exit_list.next)
			return false;
	}
	return true;
}

static inline bool compat_somebody_exits(unsigned long symbol)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (!list_empty(&compat_exit_of(symbol, cpu)->rtp_exit_list))
			return true;
	return false;
}
#else
/* An SRCU domain, of which such tasks are readers. */
#define COMPAT_EXIT_SYMBOL	"tasks_rcu_exit_srcu"
#define COMPAT_EXIT_OWNER	NULL

static inline bool compat_exit_known(unsigned long symbol, unsigned long owner)
{
	return true;
}

/* struct srcu_data of 6.1, include/linux/srcutree.h; 6.2 made the counters atomic_long_t, for readers in NMIs. */
static inline bool compat_somebody_exits(unsigned long symbol)
{
	struct srcu_struct *ssp = (struct srcu_struct *)symbol;
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
#elif !defined(CONFIG_PREEMPTION)
/*
 * Each task's stack counts in the statistics from before it is in the list (kernel/fork.c, dup_task_struct(), 6.1 and 6.12) until just
 * before its last schedule(), from where on it cannot be switched out before that: 1a03d3f13ffe ("fork: Move task stack accounting to
 * do_exit()", v5.18).  So if there are more stacks than tasks, somebody is in neither list: on its way out, or in fork().
 */
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/sched/signal.h>
#include <linux/vmstat.h>

static inline long compat_nr_stacks(void)
{
	long kb = atomic_long_read(&vm_node_stat[NR_KERNEL_STACK_KB]);
	int node, cpu;

	for_each_online_node(node)
		for_each_possible_cpu(cpu)
			kb += per_cpu_ptr(NODE_DATA(node)->per_cpu_nodestats, cpu)->vm_node_stat_diff[NR_KERNEL_STACK_KB];
	return kb / (long)(THREAD_SIZE / 1024);
}

static inline bool compat_somebody_exits(unsigned long symbol)
{
	/* Idle tasks are in no list; all but that of the processor that booted were made by fork_idle(), for all that may ever be there. */
	long nr = num_possible_cpus() - 1;
	struct task_struct *p, *t;

	for_each_process_thread(p, t)
		if (READ_ONCE(t->__state) != TASK_DEAD)
			nr++;
	return compat_nr_stacks() != nr;
}
#endif

/*
 * Whether stop_nmi() holds NMI handlers off.  With FRED, the entry of an NMI does not ask (arch/x86/kernel/nmi.c,
 * DEFINE_FREDENTRY_NMI(exc_nmi), 6.12); FRED came with v6.9 and needs "fred=on".
 */
static inline bool compat_nmi_can_be_held_off(void)
{
#ifdef CONFIG_X86_FRED
	return !cpu_feature_enabled(X86_FEATURE_FRED);
#else
	return true;
#endif
}

#endif
