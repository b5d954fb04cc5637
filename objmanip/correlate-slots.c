// SPDX-License-Identifier: GPL-2.0-or-later
/* The rung "slot": what two spans that are alike mention in the same field. */
#include "objmanip/ladder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/alike.h"
#include "objmanip/names.h"
#include "objmanip/special.h"

static bool same_contents(const struct om_span *a, const struct om_span *b)
{
	const unsigned char *x = om_bytes(a), *y = om_bytes(b);

	return a->size == b->size && !x == !y && (!x || !memcmp(x, y, a->size));
}

/* Whether two spans without a twin could be the same thing, by all that does not change with a number. */
static struct error *same_kind(const struct om_span *a, const struct om_span *b, bool *ret)
{
	char *x, *y;

	*ret = false;
	if (!a || !b || a->twin || b->twin || a->section->class != b->section->class || !a->symbol != !b->symbol)
		return NULL;
	if (a->symbol && (a->symbol->bind != STB_LOCAL || b->symbol->bind != STB_LOCAL))
		return NULL;
	if (!a->symbol) {
		*ret = a->section->class == OM_CLASS_STRINGS ? !strcmp(om_string(a), om_string(b)) : om_alike(a, b);
		return NULL;
	}
	x = om_name_plain(a->name);
	y = om_name_plain(b->name);
	*ret = x && y && !strcmp(x, y) && (!om_macro_static(a) || same_contents(a, b));
	free(x);
	free(y);
	return x && y ? NULL : error_errno(ENOMEM, "%s", a->obj->path);
}

static struct error *pair_slot(struct om_ladder *l, const struct om_reloc *a, const struct om_reloc *b)
{
	bool same;
	struct error *err;

	if (a->target_off != b->target_off)
		return NULL;
	err = same_kind(a->target, b->target, &same);
	if (!err && same)
		om_pair(l, a->target, b->target);
	return err;
}

static struct error *pair_entry_slots(struct om_ladder *l, struct om_span *pre, struct om_span *post)
{
	struct error *err = NULL;

	if (pre->nr_entries != post->nr_entries)
		return NULL;
	for (size_t i = 0; i < pre->nr_entries && !err; i++) {
		struct om_reloc *a, *b;
		size_t na = om_entry_relocs(&pre->entries[i], &a), nb = om_entry_relocs(&post->entries[i], &b);

		if (pre->entries[i].table != post->entries[i].table ||
		    pre->entries[i].code_off != post->entries[i].code_off || na != nb)
			continue;
		for (size_t j = 0; j < na && !err; j++)
			if (a[j].offset - pre->entries[i].offset == b[j].offset - post->entries[i].offset)
				err = pair_slot(l, &a[j], &b[j]);
	}
	return err;
}

/* Until nothing changes: a string table found by its slot has slots of its own. */
struct error *om_rung_slots(struct om_ladder *l)
{
	struct error *err = NULL;

	do {
		l->progress = false;
		om_for_each_span(pre, om_unit_before(l->unit)) {
			struct om_span *post = pre->twin;

			if (!post || !om_alike(pre, post))
				continue;
			for (size_t i = 0; i < pre->nr_relocs && !err; i++)
				err = pair_slot(l, &pre->relocs[i], &post->relocs[i]);
			err = err ?: pair_entry_slots(l, pre, post);
			if (err)
				return err;
		}
	} while (l->progress);
	return NULL;
}
