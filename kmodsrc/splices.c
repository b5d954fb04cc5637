// SPDX-License-Identifier: GPL-2.0-only
/* Replaced functions: what matching found (match.c), paired with what the code module brings. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "compat.h"
#include "core.h"

void ksplice_splices_free(struct ksplice_target *t)
{
	size_t i;

	for (i = 0; i < t->nr_splices; i++) {
		kfree(t->splices[i].name);
		kfree(t->splices[i].unit);
	}
	kvfree(t->splices);
	t->splices = NULL;
	t->nr_splices = 0;
}

static struct ksplice_splice *splice_at(struct ksplice_target *t, unsigned long addr)
{
	size_t i;

	for (i = 0; i < t->nr_splices; i++)
		if (!t->splices[i].part && t->splices[i].addr == addr)
			return &t->splices[i];
	return NULL;
}

static int replacement_take(struct ksplice_target *t, const struct ksplice_replacement *r, const struct module *mod)
{
	struct ksplice_splice *s = splice_at(t, r->old);

	if (!s)
		return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "target=%s replacement=not_matched",
				    t->name);
	if (s->new)
		return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "function=%s replacement=twice", s->name);
	if (r->new - compat_text_start(mod) >= compat_text_size(mod))
		return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "function=%s replacement=not_in_module",
				    s->name);
	if (!s->ftrace && ksplice_arch_hook(s->addr + s->hook_off, r->new, s->hook))
		return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "function=%s replacement=too_far", s->name);
	s->new = r->new;
	return 0;
}

int ksplice_splices_take(struct ksplice_target *t, const struct ksplice_code_module *cm)
{
	size_t i;
	int err;

	for (i = 0; i < cm->nr_replacements; i++) {
		err = replacement_take(t, &cm->replacements[i], cm->module);
		if (err)
			return err;
	}
	for (i = 0; i < t->nr_splices; i++)
		if (!t->splices[i].part && !t->splices[i].new)
			return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "function=%s replacement=missing",
					    t->splices[i].name);
	return 0;
}

/* A function that an update is to replace. */
struct claim {
	struct ksplice_update *update;
	const struct ksplice_splice *splice;
};

static int claim_cmp(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	return x->splice->addr < y->splice->addr ? -1 : x->splice->addr > y->splice->addr;
}

static size_t claims_collect(const struct ksplice_moves *m, struct claim *claims)
{
	struct ksplice_target *t;
	size_t i, k, nr = 0;

	for (i = 0; i < m->nr; i++) {
		if (m->move[i].reverse)
			continue;
		list_for_each_entry(t, &m->move[i].update->targets, list) {
			for (k = 0; k < t->nr_splices; k++) {
				if (t->splices[k].part)
					continue;
				if (claims)
					claims[nr] = (struct claim){ m->move[i].update, &t->splices[k] };
				nr++;
			}
		}
	}
	return nr;
}

/* What is built upon another replaces the other's code; so two that replace the same do not know of each other. */
int ksplice_splices_distinct(const struct ksplice_moves *m)
{
	size_t i, nr = claims_collect(m, NULL);
	struct claim *claims = kvcalloc(nr + 1, sizeof(*claims), GFP_KERNEL);
	int err = 0;

	if (!claims)
		return ksplice_fail(m->move[0].update, KSPLICE_OUT_OF_MEMORY, -ENOMEM, NULL);
	claims_collect(m, claims);
	sort(claims, nr, sizeof(*claims), claim_cmp, NULL);
	for (i = 1; i < nr && !err; i++)
		if (claims[i].splice->addr == claims[i - 1].splice->addr)
			err = ksplice_fail(claims[i].update, KSPLICE_CLASH, -EINVAL, "unit=%s function=%s update=%s",
					   claims[i].splice->unit, claims[i].splice->name, claims[i - 1].update->id);
	kvfree(claims);
	return err;
}

void ksplice_splices_drop(struct ksplice_target *t)
{
	size_t i;

	for (i = 0; i < t->nr_splices; i++)
		t->splices[i].new = 0;
}
