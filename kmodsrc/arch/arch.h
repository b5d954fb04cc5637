/* SPDX-License-Identifier: GPL-2.0-only */
/* What the core asks of an architecture; arch/ARCH/hook.c answers. */
#ifndef KSPLICE_ARCH_H
#define KSPLICE_ARCH_H

#include <linux/sched.h>
#include <linux/types.h>

struct module;
struct page;
struct runpre_paca;

#if defined(CONFIG_X86_64)
#define KSPLICE_HOOK_LEN	5	/* bytes that a hook overwrites: jmp rel32 */
#define KSPLICE_FTRACE_LEN	5	/* bytes of the call at a ftrace entry */
#define KSPLICE_REDIRECT_NEEDS_REGS	(!IS_ENABLED(CONFIG_HAVE_DYNAMIC_FTRACE_WITH_ARGS))
#elif defined(CONFIG_PPC64)
#define KSPLICE_HOOK_LEN	28	/* lis, ori, sldi, oris, ori; mtctr; bctr */
#define KSPLICE_FTRACE_LEN	4
#define KSPLICE_REDIRECT_NEEDS_REGS	true	/* a function finds its TOC pointer by its address in r12 */
#else
#error "ksplice: this architecture has no hooks yet"
#endif

/* 0, or -EOPNOTSUPP with a message: the core does not load. */
int ksplice_arch_init(void);
/* The bytes of a hook at @at that leads to @to. -ERANGE: too far. */
int ksplice_arch_hook(unsigned long at, unsigned long to, u8 hook[KSPLICE_HOOK_LEN]);
/* Whether a tracer is called at the ftrace entry @ip of a function; anywhere. */
bool ksplice_arch_calls_tracer(unsigned long ip);
/* In a callback from there, which must have all registers where KSPLICE_REDIRECT_NEEDS_REGS: the function goes on at @to. */
struct ftrace_regs;
void ksplice_arch_go_on(struct ftrace_regs *fregs, unsigned long to);
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
/* By what stubs in modules lead to a tracer; NULL: modules have no stubs. */
const struct runpre_paca *ksplice_arch_paca(void);
/* Between these nobody who rewrites a site or sets a probe is half done, as far as whoever reads could see it. May sleep. */
void ksplice_arch_text_lock(void);
void ksplice_arch_text_unlock(void);
/*
 * Makes of @buf, which has @len bytes of code at @addr, what would be there if others had not written into it for the time being.
 * Between ksplice_arch_text_lock() and _unlock(), since @buf was read.
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
