// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jump labels and static calls near the places of hooks.  Whether one is there, the kernel itself tells (text.c); but for each place that
 * it is asked about it goes through all that it has, and decodes the instruction of each jump label (kernel/jump_label.c,
 * jump_label_text_reserved(), 6.1): two million instructions.  So its tables are gone through once for all the hooks of a stop, and it is asked
 * about those alone that have something near them.
 */
#include <linux/jump_label.h>
#include <linux/module.h>
#include <linux/static_call.h>

#include "symbols.h"
#include "writes.h"

/* Bytes. No instruction is longer: Intel SDM, volume 2, 2.3.11. */
#define MAX_SITE	15

#ifdef CONFIG_KALLSYMS_ALL

/* Those of the writes from @from to @to that the site may be in. */
static void mark(const struct ksplice_writes *ws, size_t from, size_t to, unsigned long site)
{
	size_t i = max(ksplice_writes_behind(ws, site), from);

	for (; i < to && ws->w[i].addr < site + MAX_SITE; i++)
		ws->w[i].near_site = true;
}

static void mark_all(const struct ksplice_writes *ws, size_t from, size_t to, struct ksplice_sites s)
{
	for (; s.jump < s.jump_end; s.jump++)
		mark(ws, from, to, jump_entry_code(s.jump));
#ifdef CONFIG_HAVE_STATIC_CALL_INLINE
	/* kernel/static_call_inline.c, static_call_addr(), 6.1 and 6.12 */
	for (; s.call < s.call_end; s.call++)
		mark(ws, from, to, (unsigned long)&s.call->addr + s.call->addr);
#endif
}

/* Without preemption a module that is found is not freed, though somebody forces it out: free_module(), kernel/module/main.c, 6.1. */
static void mark_of_module(const struct ksplice_writes *ws, size_t i)
{
	struct ksplice_sites s = { 0 };
	struct module *mod;

	preempt_disable();
	mod = kernel_call(ksplice_module_address)(ws->w[i].addr);
	if (mod) {
		s.jump = mod->jump_entries;
		s.jump_end = s.jump + mod->num_jump_entries;
#ifdef CONFIG_HAVE_STATIC_CALL_INLINE
		s.call = mod->static_call_sites;
		s.call_end = s.call + mod->num_static_call_sites;
#endif
		mark_all(ws, i, i + 1, s);
	}
	preempt_enable();
}

void ksplice_sites_mark(const struct ksplice_writes *ws)
{
	size_t i;

	mark_all(ws, 0, ws->nr, ksplice_sites);
	for (i = 0; i < ws->nr; i++)
		if (ws->w[i].text)
			mark_of_module(ws, i);
}

#else

/* Nobody tells where the tables are: linker scripts name them, and their names are those of data. */
void ksplice_sites_mark(const struct ksplice_writes *ws)
{
	size_t i;

	for (i = 0; i < ws->nr; i++)
		ws->w[i].near_site = true;
}

#endif
