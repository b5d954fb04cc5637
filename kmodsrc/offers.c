// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a code module offers to the other code modules of its update: functions and data that the update adds to one target
 * and uses in another.  They are in no kernel, so no match finds them; the carried object has a symbol "ks:ID:new:NAME" at each
 * (objmanip/links.h), and the core publishes these as long as the module is loaded.
 *
 * The loader does not know that a code module that was loaded later may use them, so it is taken for granted: whatever
 * is loaded later holds a reference, from then until it goes.  By then its target may belong to another update, as one that comes and
 * goes does (shares.c), so what it holds is written down.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "core.h"
#include "symbols.h"

#define MAX_OFFERS 4096	/* of one code module; far less than the table of publish.c has room for */

struct pass {
	const struct module *mod;
	const char *prefix;
	size_t len;
	struct ksplice_symbol *syms;	/* NULL: only counted */
	size_t nr;
};

static COMPAT_KALLSYMS_CALLBACK(see)
{
	struct pass *p = data;

	if (strncmp(name, p->prefix, p->len) || !within_module(addr, p->mod))
		return 0;
	if (p->syms && p->nr < MAX_OFFERS)
		p->syms[p->nr] = (struct ksplice_symbol){ .name = name, .value = addr };
	p->nr++;
	return 0;
}

/* The names are the module's own, and it is in its init: they stay while we look. */
static size_t collect(struct pass *p)
{
	p->nr = 0;
	kernel_call(ksplice_module_kallsyms_on_each)(COMPAT_ALL_MODULES(see, p));
	return p->nr;
}

int ksplice_offers_publish(struct ksplice_target *t, const struct module *mod)
{
	char prefix[sizeof("ks::new:") + KSPLICE_ID_MAX];
	struct pass p = { .mod = mod, .prefix = prefix };
	size_t nr;
	int err;

	p.len = scnprintf(prefix, sizeof(prefix), "ks:%s:new:", t->update->id);
	nr = collect(&p);
	if (!nr)
		return 0;
	if (nr > MAX_OFFERS)
		return -ENOSPC;
	p.syms = kvmalloc_array(nr, sizeof(*p.syms), GFP_KERNEL);
	if (!p.syms)
		return -ENOMEM;
	err = collect(&p) == nr ? ksplice_publish(p.syms, nr, &t->offers) : -EAGAIN;
	kvfree(p.syms);
	return err;
}

void ksplice_offers_withdraw(struct ksplice_target *t)
{
	ksplice_unpublish(t->offers);
	t->offers = NULL;
}

void ksplice_offers_drop(struct ksplice_target *t)
{
	ksplice_held_drop(&t->uses);
}

/* A target that comes late is a share, and uses what the others have that are in the whole. */
int ksplice_offers_hold(struct ksplice_target *t)
{
	struct ksplice_update *u = t->update->whole ?: t->update;
	struct ksplice_target *of;
	int err = 0;

	list_for_each_entry(of, &u->targets, list) {
		if (of == t || !of->code || !of->offers)
			continue;
		err = try_module_get(of->code) ? ksplice_held_add(&t->uses, of->code) : -EAGAIN;
		if (err)
			break;
	}
	if (err)
		ksplice_offers_drop(t);
	return err;
}
