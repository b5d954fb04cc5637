// SPDX-License-Identifier: GPL-2.0-only
/* Replaced functions: what matching found (match.c), paired with what the code module brings. */
#include <linux/mm.h>
#include <linux/slab.h>

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

void ksplice_splices_drop(struct ksplice_target *t)
{
	size_t i;

	for (i = 0; i < t->nr_splices; i++)
		t->splices[i].new = 0;
}
