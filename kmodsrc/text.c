// SPDX-License-Identifier: GPL-2.0-only
/* Writing kernel text, and data that may be read-only, through a second, writable mapping of its pages. */
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "core.h"
#include "symbols.h"
#include "text.h"

/*
 * The text's own mapping is read-only, and set_memory_rw() is not exported (arch/x86/mm/pat/set_memory.c, 6.1); a mapping
 * of our own does not need it.  vmap() is exported and checks nothing about the pages (mm/vmalloc.c, 6.1).
 */
static int map_pages(struct ksplice_write *w)
{
	unsigned long first = w->addr & PAGE_MASK;
	unsigned int i, nr = (PAGE_ALIGN(w->addr + w->len) - first) >> PAGE_SHIFT;
	struct page **pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL);
	int err = pages ? 0 : -ENOMEM;

	for (i = 0; i < nr && !err; i++) {
		pages[i] = ksplice_arch_text_page(first + i * PAGE_SIZE);
		if (!pages[i])
			err = -EFAULT;
	}
	if (!err)
		w->map = vmap(pages, nr, VM_MAP, PAGE_KERNEL);
	kvfree(pages);
	return err ? err : w->map ? 0 : -ENOMEM;
}

int ksplice_write_prepare(struct ksplice_write *w)
{
	int err = map_pages(w);

	if (err)
		return err;
	w->alias = (u8 *)w->map + offset_in_page(w->addr);
	/* The wrong page would be somebody else's data. */
	if (memcmp(w->alias, (void *)w->addr, w->len)) {
		ksplice_write_finish(w);
		return -EFAULT;
	}
	return 0;
}

void ksplice_write_finish(struct ksplice_write *w)
{
	if (w->map)
		vunmap(w->map);
	w->map = NULL;
	w->alias = NULL;
}

bool ksplice_write_expected(const struct ksplice_write *w)
{
	return !memcmp((void *)w->addr, w->expect, w->len);
}

bool ksplice_write_do(const struct ksplice_write *w)
{
	memcpy(w->alias, w->bytes, w->len);
	/* Both mappings are of one page, but the compiler does not know. */
	barrier();
	if (memcmp((void *)w->addr, w->bytes, w->len)) {
		ksplice_write_undo(w);
		return false;
	}
	ksplice_arch_flush(w->addr, w->len);
	return true;
}

void ksplice_write_undo(const struct ksplice_write *w)
{
	memcpy(w->alias, w->expect, w->len);
	barrier();
	ksplice_arch_flush(w->addr, w->len);
}

/* A probe that is registered keeps the byte that it found, armed or not, and puts that back when it is disarmed. */
static bool probed(unsigned long addr)
{
#ifdef CONFIG_KPROBES
	unsigned int i;
	bool ret = false;

	preempt_disable();
	for (i = 0; i < KSPLICE_HOOK_LEN && !ret; i++)
		ret = kernel_call(ksplice_get_kprobe)((void *)(addr + i));
	preempt_enable();
	return ret;
#else
	return false;
#endif
}

/* As kernel/kprobes.c, check_kprobe_address_safe(), 6.1. */
static const char *site_at(void *first, void *last)
{
	bool jump_label, call = false;

	kernel_call(ksplice_jump_label_lock)();
	preempt_disable();
	jump_label = kernel_call(ksplice_jump_label_reserved)(first, last);
#ifdef CONFIG_HAVE_STATIC_CALL_INLINE
	call = kernel_call(ksplice_static_call_reserved)(first, last);
#endif
	preempt_enable();
	kernel_call(ksplice_jump_label_unlock)();
	return jump_label ? "jump_label" : call ? "static_call" : NULL;
}

const char *ksplice_text_reserved(const struct ksplice_write *w)
{
	void *first = (void *)w->addr, *last = (void *)(w->addr + KSPLICE_HOOK_LEN - 1);

	if (probed(w->addr))
		return "kprobe";
#ifdef CONFIG_DYNAMIC_FTRACE
	if (kernel_call(ksplice_ftrace_reserved)(first, last))
		return "ftrace";
#endif
	if (ksplice_arch_text_reserved(w->addr, w->addr + KSPLICE_HOOK_LEN))
		return "lock_prefix";
	return w->near_site ? site_at(first, last) : NULL;
}
