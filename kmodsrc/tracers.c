// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's list of all who have something called at ftrace entries. */
#include <linux/err.h>
#include <linux/ftrace.h>

#include "core.h"
#include "symbols.h"

#ifdef CONFIG_DYNAMIC_FTRACE
#ifdef CONFIG_KALLSYMS_ALL

struct ftrace_ops *ksplice_tracers_begin(void)
{
	mutex_lock(ksplice_ftrace_lock);
	return rcu_dereference_raw(*ksplice_ftrace_ops_list);
}

void ksplice_tracers_end(void)
{
	mutex_unlock(ksplice_ftrace_lock);
}

#else
/*
 * Where the list is not to be found by its name, it is found by entering it: who registers comes first, and has the rest behind
 * (kernel/trace/ftrace.c, add_ftrace_ops(), 6.1).  What leaves the list, and each hash that is replaced, is freed after all who have preemption
 * disabled have gone on (ftrace_shutdown(), free_ftrace_hash_rcu()), as the list is walked so whenever a traced function is called.
 */
static noinline void nobody_calls_this(void)
{
	barrier();
}

static void notrace do_nothing(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
}

static struct ftrace_ops place = { .func = do_nothing };

struct ftrace_ops *ksplice_tracers_begin(void)
{
	int err;

	/* Where nothing is filtered, all functions would call it. */
	err = ftrace_set_filter_ip(&place, (unsigned long)nobody_calls_this, 0, 0);
	if (!err)
		err = register_ftrace_function(&place);
	if (err)
		return ERR_PTR(err);
	preempt_disable();
	return rcu_dereference_raw(place.next);
}

void ksplice_tracers_end(void)
{
	preempt_enable();
	unregister_ftrace_function(&place);
}

#endif
#endif
