// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A variable is known by its name, so one with another name is another one, which begins with its initial value; what the old one held,
 * a list's entries or a lock's holder, would stay behind.  That a new variable is the old one can only be seen from who uses them: a
 * function that does the same before and after, the one with this variable and the other with that.
 */
#include "objmanip/renamed.h"


#include "objmanip/alike.h"
#include "objmanip/compare.h"
#include "objmanip/linkage.h"
#include "objmanip/moved.h"
#include "objmanip/refs.h"
#include "objmanip/refusals.h"

/* Of two references of the same place: one of each, which could be the same. */
static bool may_be_renamed(const struct om_reloc *a, const struct om_reloc *b, struct om_span **was, struct om_span **is)
{
	int64_t x, y;

	*was = om_meant(a, &x);
	*is = om_meant(b, &y);
	return *was && *is && x == y && (*was)->verdict == OM_GONE && (*is)->verdict == OM_NEW && !(*is)->declared &&
	       om_is_variable(*was) && om_is_variable(*is) && (*was)->section->class == (*is)->section->class &&
	       (*was)->size == (*is)->size;
}

/* Calls @fn for what both refer to in the same places; false as soon as it says so, or where they have no such places. */
static bool walk(struct om_span *pre, struct om_span *post, bool (*fn)(const struct om_reloc *a, const struct om_reloc *b, void *ctx),
		 void *ctx)
{
	if (pre->nr_entries != post->nr_entries)
		return false;
	for (size_t i = 0; i < pre->nr_relocs; i++)
		if (!fn(&pre->relocs[i], &post->relocs[i], ctx))
			return false;
	for (size_t i = 0; i < pre->nr_entries; i++) {
		const struct om_entry *x = &pre->entries[i], *y = &post->entries[i];
		struct om_reloc *a, *b;
		size_t nr = om_entry_relocs(x, &a);

		if (x->table != y->table || x->code_off != y->code_off || om_entry_relocs(y, &b) != nr)
			return false;
		for (size_t k = 0; k < nr; k++)
			if (!fn(&a[k], &b[k], ctx))
				return false;
	}
	return true;
}

struct question {
	struct om_span *is;	/* the new variable */
	struct om_span *was;	/* out: the one in its place; NULL: it is not mentioned */
};

/* The same but for names, and wherever there was @was there is @is. */
static bool answer(const struct om_reloc *a, const struct om_reloc *b, void *ctx)
{
	struct question *q = ctx;
	struct om_span *was, *is;

	/* Their own places, such as the entries of a table have them, are compared with the code. */
	if (a->target && a->target->twin && a->target->twin == b->target)
		return a->target_off == b->target_off;
	if (!may_be_renamed(a, b, &was, &is))
		return om_same_target(a, b);
	if (is == q->is && !q->was)
		q->was = was;
	return (is == q->is) == (was == q->was);
}

/* Finds the gone variable that the function used where it uses @is now. */
static struct om_span *renamed_in(struct om_span *post, struct om_span *is)
{
	struct question q = { .is = is };
	struct om_span *before = post->twin && post->twin->stand_in ? post->twin->stand_in : post->twin;

	if (!before || post->verdict != OM_CHANGED || !(post->section->flags & SHF_EXECINSTR) || !om_alike(before, post) ||
	    !walk(before, post, answer, &q))
		return NULL;
	return q.was;
}

static struct error *refuse(struct om_target *t, const struct om_span *is, const struct om_span *was, const struct om_span *function)
{
	return om_refuse_one(t, om_where_span(is), "keep the name; or, where another variable is meant that begins anew, say so with ksplice_data_new() "
			     "of ksplice-patch.h (docs/authoring.md)", "seems to be the old %s under another name, as %s does with it what "
			     "it did with that: its value would be lost", was->name, function->name);
}

static struct error *check(struct om_target *t, struct om_span *is)
{
	for (size_t i = 0; i < t->nr_units; i++) {
		om_for_each_span(post, t->units[i].post) {
			struct om_span *was = renamed_in(post, is);

			if (was)
				return refuse(t, is, was, post);
		}
	}
	return NULL;
}

struct error *om_renamed_refuse(struct om_target *t)
{
	struct error *err = NULL;

	for (size_t i = 0; i < t->nr_units; i++)
		om_for_each_span(is, t->units[i].post)
			if (!err && is->verdict == OM_NEW && is->carried && !is->declared && om_is_variable(is))
				err = check(t, is);
	return err;
}
