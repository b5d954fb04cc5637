// SPDX-License-Identifier: GPL-2.0-only
/*
 * ppc64le, not implemented yet: the core refuses to load.  docs/ppc64le.md says what a hook is there.
 */
#include <linux/err.h>
#include <asm/cacheflush.h>
#include <asm/synch.h>

#include "../../core.h"

int ksplice_arch_init(void)
{
	pr_err("ppc64le is not implemented yet\n");
	return -EOPNOTSUPP;
}

int ksplice_arch_hook(unsigned long at, unsigned long to, u8 hook[KSPLICE_HOOK_LEN])
{
	return -EOPNOTSUPP;
}

struct ksplice_ftrace_hook *ksplice_arch_ftrace_add(unsigned long ip, unsigned long to)
{
	return ERR_PTR(-EOPNOTSUPP);
}

void ksplice_arch_ftrace_remove(struct ksplice_ftrace_hook *h)
{
}

bool ksplice_arch_ftrace_ready(const struct ksplice_ftrace_hook *h)
{
	return false;
}

void ksplice_arch_ftrace_switch(struct ksplice_ftrace_hook *h, bool on)
{
}

bool ksplice_arch_text_reserved(unsigned long start, unsigned long end)
{
	return true;
}

bool ksplice_arch_readable(unsigned long addr)
{
	return false;
}

bool ksplice_arch_in_modules(unsigned long addr)
{
	return false;
}

struct page *ksplice_arch_text_page(unsigned long addr)
{
	return NULL;
}

unsigned long ksplice_arch_through_thunk(unsigned long addr)
{
	return addr;
}

size_t ksplice_arch_nr_code_pages(const struct module *mod)
{
	return 0;
}

unsigned long ksplice_arch_code_page(const struct module *mod, size_t i)
{
	return 0;
}

unsigned long ksplice_arch_task_sp(const struct task_struct *t)
{
	return t->thread.ksp;
}

void ksplice_arch_nmi_off(void)
{
}

void ksplice_arch_nmi_on(void)
{
}

void ksplice_arch_sync(void)
{
	isync();
}

void ksplice_arch_flush(unsigned long addr, size_t len)
{
	flush_icache_range(addr, addr + len);
}
