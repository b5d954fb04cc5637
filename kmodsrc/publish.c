// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core's own table of exported symbols: what ksplice.h and ksplice-patch.h declare, and what matching discovered.
 *
 * The table is as long as it will ever be from the start, because struct module's pointer to it must not change: readers
 * take pointer and length apart (kernel/module/main.c, find_symbol(), 6.1 and 6.12).  They hold module_mutex or have preemption
 * disabled (the same function's comment).  So a change is made in a callback of module_kallsyms_on_each_symbol(), which
 * holds module_mutex (kernel/module/kallsyms.c, 6.1 and 6.12): length 0, a grace period for the others, contents, length.
 * free_module() waits for RCU under that mutex, too.
 */
#include <linux/build_bug.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/stringify.h>

#include "compat.h"
#include "core.h"
#include "ksplice-patch.h"
#include "symbols.h"

#define TABLE_MAX 32768		/* symbols; 384 KiB on x86_64. A point release as one update has some 10,000 */

struct ksplice_publication {
	struct list_head list;	/* in publications */
	char		*names;	/* in module space: within reach of 32-bit offsets */
	size_t		nr;
	struct ksplice_symbol syms[];
};

static LIST_HEAD(publications);
static struct ksplice_publication *own;
static size_t nr_published;

/* In the core's data, so in module space: its entries are 32-bit offsets from themselves. */
static struct kernel_symbol table[TABLE_MAX];

/* The name has the ABI number in it: ksplice-abi.h. */
#define OWN(function) { __stringify(function), (unsigned long)function }
static const struct ksplice_symbol own_symbols[] = {
	OWN(ksplice_code_load),
	OWN(ksplice_code_unload),
	OWN(ksplice_match_load),
	OWN(ksplice_match_unload),
	OWN(ksplice_shadow_attach),
	OWN(ksplice_shadow_free),
	OWN(ksplice_shadow_free_all),
	OWN(ksplice_shadow_get),
	OWN(ksplice_shadow_get_or_attach),
};

#ifdef CONFIG_HAVE_ARCH_PREL32_RELOCATIONS
/*
 * The loader adds the offset to the entry's address, modulo 2^64 (offset_to_ptr(), include/linux/compiler.h): so even a
 * per-CPU symbol, a small number, is in reach of a table in the top 2 GiB.
 */
static bool set_offset(int *field, unsigned long value)
{
	long offset = value - (unsigned long)field;

	*field = offset;
	return *field == offset;
}

static bool set_entry(struct kernel_symbol *entry, const struct ksplice_symbol *sym)
{
	entry->namespace_offset = 0;
	return set_offset(&entry->value_offset, sym->value) &&
	       set_offset(&entry->name_offset, (unsigned long)sym->name);
}

static bool reachable(const struct ksplice_symbol *sym)
{
	unsigned long first = (unsigned long)&table[0], last = (unsigned long)&table[TABLE_MAX];
	long from_first = sym->value - first, from_last = sym->value - last;

	return from_first == (int)from_first && from_last == (int)from_last;
}
#else
static bool set_entry(struct kernel_symbol *entry, const struct ksplice_symbol *sym)
{
	entry->value = sym->value;
	entry->name = sym->name;
	entry->namespace = NULL;
	return true;
}

static bool reachable(const struct ksplice_symbol *sym)
{
	return true;
}
#endif

static int name_cmp(const void *a, const void *b)
{
	const struct ksplice_symbol *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* What the table will hold, in the order that its readers' bsearch() needs. */
struct contents {
	size_t	nr;
	const struct ksplice_symbol **syms;
};

static void contents_write(const struct contents *c)
{
	size_t i;

	for (i = 0; i < c->nr; i++)
		set_entry(&table[i], c->syms[i]);
}

static COMPAT_KALLSYMS_CALLBACK(swap_locked)
{
	struct module *me = THIS_MODULE;

	WRITE_ONCE(me->num_gpl_syms, 0);
	synchronize_rcu_expedited();
	contents_write(data);
	WRITE_ONCE(me->gpl_syms, table);
	/* Pairs with the preempt-disabled readers: whoever sees the length sees the entries. */
	synchronize_rcu_expedited();
	WRITE_ONCE(me->num_gpl_syms, ((struct contents *)data)->nr);
	return 1;	/* one symbol is enough: the callback is only a way to hold the mutex */
}

/* Sorts all that is published, and @more, which may be NULL, into the table. */
static int table_rebuild(struct ksplice_publication *more)
{
	struct ksplice_publication *p;
	struct contents c = { 0 };
	size_t i, nr = nr_published + (more ? more->nr : 0);

	if (nr > TABLE_MAX)
		return -ENOSPC;
	c.syms = kvmalloc_array(nr + 1, sizeof(*c.syms), GFP_KERNEL);
	if (!c.syms)
		return -ENOMEM;
	list_for_each_entry(p, &publications, list)
		for (i = 0; i < p->nr; i++)
			c.syms[c.nr++] = &p->syms[i];
	for (i = 0; more && i < more->nr; i++)
		c.syms[c.nr++] = &more->syms[i];
	sort(c.syms, c.nr, sizeof(*c.syms), name_cmp, NULL);
	for (i = 1; i < c.nr; i++) {
		if (!strcmp(c.syms[i - 1]->name, c.syms[i]->name)) {
			kvfree(c.syms);
			return -EEXIST;
		}
	}
	kernel_call(ksplice_module_kallsyms_on_each)(COMPAT_ALL_MODULES(swap_locked, &c));
	kvfree(c.syms);
	return 0;
}

static void publication_free(struct ksplice_publication *p)
{
	if (p->names)
		kernel_call(ksplice_module_free)(p->names);
	kvfree(p);
}

static struct ksplice_publication *publication_create(const struct ksplice_symbol *syms, size_t nr)
{
	struct ksplice_publication *p = kvzalloc(struct_size(p, syms, nr), GFP_KERNEL);
	size_t i, len, size = 0;
	char *to;

	if (!p)
		return NULL;
	for (i = 0; i < nr; i++)
		size += strlen(syms[i].name) + 1;
	p->names = to = kernel_call(ksplice_module_alloc)(COMPAT_MODULE_ALLOC_ARGS(size));
	if (!p->names) {
		kvfree(p);
		return NULL;
	}
	for (i = 0; i < nr; i++) {
		len = strlen(syms[i].name) + 1;
		p->syms[i].name = memcpy(to, syms[i].name, len);
		p->syms[i].value = syms[i].value;
		to += len;
	}
	p->nr = nr;
	return p;
}

int ksplice_publish(const struct ksplice_symbol *syms, size_t nr, struct ksplice_publication **ret)
{
	struct ksplice_publication *p;
	size_t i;
	int err;

	*ret = NULL;
	if (!nr)
		return 0;
	for (i = 0; i < nr; i++)
		if (!reachable(&syms[i]))
			return -ERANGE;
	p = publication_create(syms, nr);
	if (!p)
		return -ENOMEM;
	err = table_rebuild(p);
	if (err) {
		publication_free(p);
		return err;
	}
	list_add(&p->list, &publications);
	nr_published += nr;
	*ret = p;
	return 0;
}

void ksplice_unpublish(struct ksplice_publication *p)
{
	if (!p)
		return;
	list_del(&p->list);
	nr_published -= p->nr;
	if (table_rebuild(NULL)) {
		/* No memory for a table: its names stay visible, and so must stay in memory. */
		list_add(&p->list, &publications);
		nr_published += p->nr;
		return;
	}
	publication_free(p);
}

int ksplice_publish_init(void)
{
	return ksplice_publish(own_symbols, ARRAY_SIZE(own_symbols), &own);
}

/* Nobody but find_symbol() looks at the table; swap_locked() with nothing in it waits for all of them. */
void ksplice_publish_exit(void)
{
	struct contents nothing = { 0 };
	struct ksplice_publication *p, *next;

	kernel_call(ksplice_module_kallsyms_on_each)(COMPAT_ALL_MODULES(swap_locked, &nothing));
	WRITE_ONCE(THIS_MODULE->gpl_syms, NULL);
	list_for_each_entry_safe(p, next, &publications, list)
		publication_free(p);
}
