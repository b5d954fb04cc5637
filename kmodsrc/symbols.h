/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the core uses of the kernel that the kernel does not export.  Addresses come from kallsyms_lookup_name(); its own
 * comes from a kprobe, or from the module parameter of that name where kprobes are off.  Functions are called as calls.h tells.
 */
#ifndef KSPLICE_SYMBOLS_H
#define KSPLICE_SYMBOLS_H

#include <linux/ftrace.h>
#include <linux/init.h>
#include <linux/jump_label.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/stacktrace.h>
#include <linux/static_call.h>
#include <linux/wait.h>

#include "calls.h"
#include "compat.h"

/* kernel/extable.c; of vmlinux only, and without init text once that is freed. */
int core_kernel_text(unsigned long addr);
/* kernel/trace/trace.h */
struct ftrace_func_entry *ftrace_lookup_ip(struct ftrace_hash *hash, unsigned long ip);
int ftrace_is_dead(void);

DECLARE_KERNEL_CALL(ksplice_kallsyms_lookup_name, kallsyms_lookup_name);
DECLARE_KERNEL_CALL(ksplice_kallsyms_on_each, kallsyms_on_each_symbol);
#ifdef COMPAT_SYMBOLS_BY_NAME
DECLARE_KERNEL_CALL(ksplice_kallsyms_on_each_match, kallsyms_on_each_match_symbol);
#endif
DECLARE_KERNEL_CALL(ksplice_module_kallsyms_on_each, module_kallsyms_on_each_symbol);
DECLARE_KERNEL_CALL(ksplice_find_module, find_module);
DECLARE_KERNEL_CALL(ksplice_do_one_initcall, do_one_initcall);
DECLARE_KERNEL_CALL(ksplice_module_alloc, COMPAT_MODULE_ALLOC);
DECLARE_KERNEL_CALL(ksplice_module_free, COMPAT_MODULE_FREE);
DECLARE_KERNEL_CALL(ksplice_idle_task, idle_task);
DECLARE_KERNEL_CALL(ksplice_stack_walk_reliable, arch_stack_walk_reliable);
DECLARE_KERNEL_CALL(ksplice_task_call_func, task_call_func);
DECLARE_KERNEL_CALL(ksplice_put_task_stack, put_task_stack);
DECLARE_KERNEL_CALL(ksplice_core_kernel_text, core_kernel_text);
DECLARE_KERNEL_CALL(ksplice_module_address, __module_address);
DECLARE_KERNEL_CALL(ksplice_jump_label_lock, jump_label_lock);
DECLARE_KERNEL_CALL(ksplice_jump_label_unlock, jump_label_unlock);
DECLARE_KERNEL_CALL(ksplice_jump_label_reserved, jump_label_text_reserved);
#ifdef CONFIG_HAVE_STATIC_CALL_INLINE
DECLARE_KERNEL_CALL(ksplice_static_call_reserved, static_call_text_reserved);
#endif
#ifdef CONFIG_DYNAMIC_FTRACE
DECLARE_KERNEL_CALL(ksplice_ftrace_reserved, ftrace_text_reserved);
DECLARE_KERNEL_CALL(ksplice_ftrace_ops_trampoline, ftrace_ops_trampoline);
DECLARE_KERNEL_CALL(ksplice_ftrace_lookup_ip, ftrace_lookup_ip);
DECLARE_KERNEL_CALL(ksplice_ftrace_is_dead, ftrace_is_dead);
#ifdef CONFIG_KALLSYMS_ALL
/* Held by whoever changes the list of all who have something called at ftrace entries: kernel/trace/ftrace.c. */
extern struct mutex *ksplice_ftrace_lock;
extern struct ftrace_ops __rcu **ksplice_ftrace_ops_list;
#endif
/* What an entry of the list calls: live patching's and that of kprobes; 0: this kernel has it not. */
extern unsigned long ksplice_klp_handler, ksplice_kprobe_handler;
#endif
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS
DECLARE_KERNEL_CALL(ksplice_ftrace_find_direct, ftrace_find_rec_direct);
#endif
#ifdef CONFIG_KPROBES
DECLARE_KERNEL_CALL(ksplice_get_kprobe, get_kprobe);
#endif
/* kprobe_mutex, which is held by whoever adds or arms a kprobe: kernel/kprobes.c. */
void ksplice_kprobes_lock(void);
void ksplice_kprobes_unlock(void);
#ifdef COMPAT_DETOURS
DECLARE_KERNEL_CALL(ksplice_is_insn_slot, __is_insn_slot_addr);
extern struct kprobe_insn_cache *ksplice_optinsn_slots;
#endif

#ifdef CONFIG_KALLSYMS_ALL
/* How many tasks the kernel has ever made, and how many there are, idle ones apart: total_forks, nr_threads (kernel/fork.c). */
extern unsigned long *ksplice_total_forks;
extern int *ksplice_nr_threads;
/* Tables of the jump labels and static calls of vmlinux, each to its end: include/asm-generic/vmlinux.lds.h. */
struct ksplice_sites {
	const struct jump_entry *jump, *jump_end;
#ifdef CONFIG_HAVE_STATIC_CALL_INLINE
	const struct static_call_site *call, *call_end;
#endif
};
extern struct ksplice_sites ksplice_sites;
#endif
/* COMPAT_EXIT_SYMBOL, where there is one */
extern unsigned long ksplice_exit_symbol;
/* Of a symbol of vmlinux: whether it lies in the init sections, which are somebody else's memory after boot: free_initmem(), 6.1. */
bool ksplice_is_init(unsigned long addr);

/* 0 or -ENOENT, with the reason in the log. */
int ksplice_symbols_init(void);

#endif
