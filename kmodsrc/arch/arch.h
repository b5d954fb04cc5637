/* SPDX-License-Identifier: GPL-2.0-only */
/* What the core asks of an architecture; arch/ARCH/hook.c answers. */
#ifndef KSPLICE_ARCH_H
#define KSPLICE_ARCH_H

#include <linux/sched.h>
#include <linux/types.h>

struct module;
struct page;

#if defined(CONFIG_X86_64)
#define KSPLICE_HOOK_LEN 5	/* bytes that a hook overwrites: jmp rel32 */
#else
#define KSPLICE_HOOK_LEN 4
#endif

/* 0, or -EOPNOTSUPP with a message: the core does not load. */
int ksplice_arch_init(void);
/* The bytes of a hook at @at that leads to @to. -ERANGE: too far. */
int ksplice_arch_hook(unsigned long at, unsigned long to, u8 hook[KSPLICE_HOOK_LEN]);
/*
 * A hook through ftrace, at the ftrace entry @ip of a function: made before the stop, it does nothing until it is switched on
 * in the stopped machine; then the function goes on elsewhere.  To remove it, it must be off again; that waits for whoever is in it.
 * Both may sleep.  ERR_PTR: -ENOMEM; -EBUSY, another redirect is there, or ftrace is off; -EOPNOTSUPP.
 */
struct ksplice_ftrace_hook;
struct ksplice_ftrace_hook *ksplice_arch_ftrace_add(unsigned long ip);
void ksplice_arch_ftrace_remove(struct ksplice_ftrace_hook *h);
/* Whether the function calls it, on or off; anywhere. */
bool ksplice_arch_ftrace_ready(const struct ksplice_ftrace_hook *h);
/* Whether @op is the callback of such a hook. */
struct ftrace_ops;
bool ksplice_arch_ftrace_is_ours(const struct ftrace_ops *op);
/* Where the function goes on; 0: as it is. */
void ksplice_arch_ftrace_switch(struct ksplice_ftrace_hook *h, unsigned long to);
/* Whether the kernel rewrites bytes of [start, end) on its own, as for a lock prefix. */
bool ksplice_arch_text_reserved(unsigned long start, unsigned long end);
/* Where kernel text, static data and modules lie: all that matching may read. */
bool ksplice_arch_readable(unsigned long addr);
/* Whether modules lie there. */
bool ksplice_arch_in_modules(unsigned long addr);
/* The page behind an address of vmlinux's text or data, or of a module. */
struct page *ksplice_arch_text_page(unsigned long addr);
/*
 * Where a branch to @addr goes in the end: the kernel may have led it through a few instructions of its own, for a
 * mitigation.  @addr itself if it has not.
 */
unsigned long ksplice_arch_through_thunk(unsigned long addr);
/*
 * Makes of @buf, which has @len bytes of code at @addr, what would be there if others had not written into it for the time being.
 * Under ksplice_text_mutex, since @buf was read: whoever writes there may be half done without it.
 */
void ksplice_arch_show_original(unsigned long addr, u8 *buf, size_t len);
/* Pages of code that the kernel has made for a module, beside the module's own text: how many, and the nth. */
size_t ksplice_arch_nr_code_pages(const struct module *mod);
unsigned long ksplice_arch_code_page(const struct module *mod, size_t i);
/* The saved stack pointer of a task that does not run. */
unsigned long ksplice_arch_task_sp(const struct task_struct *t);
/*
 * Between these no NMI handler runs on any CPU, so that none can meet a half-written hook; called by one CPU in the stopped
 * machine.  A handler that is running already is waited for by the caller: no CPU goes on from a meeting inside of one.
 */
void ksplice_arch_nmi_off(void);
void ksplice_arch_nmi_on(void);
/* Each CPU calls it after text was written: nothing that it fetched before may be executed. */
void ksplice_arch_sync(void);
/* After the write, on the CPU that wrote. */
void ksplice_arch_flush(unsigned long addr, size_t len);

#endif
