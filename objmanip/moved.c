// SPDX-License-Identifier: GPL-2.0-or-later
#include "objmanip/moved.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/alike.h"
#include "objmanip/names.h"
#include "objmanip/refs.h"

bool om_is_variable(const struct om_span *span)
{
	enum om_class class = span->section->class;

	return (class == OM_CLASS_DATA || class == OM_CLASS_PERCPU) && span->symbol && !om_macro_static(span) && !om_by_content(span);
}

bool om_moves(const struct om_span *span)
{
	enum om_class class = span->section->class;

	return om_is_variable(span) || ((class == OM_CLASS_TEXT || class == OM_CLASS_RODATA) && span->symbol && !om_by_content(span));
}

static bool same_unit(const struct om_span *a, const struct om_span *b)
{
	return !strcmp(a->obj->unit, b->obj->unit);
}

bool om_moved(const struct om_span *post)
{
	return post->twin && !same_unit(post, post->twin);
}

static void part_with_twin(struct om_span *span)
{
	if (span->twin)
		span->twin->twin = NULL;
	span->twin = NULL;
}

static void pair(struct om_span *pre, struct om_span *post)
{
	part_with_twin(pre);
	part_with_twin(post);
	pre->twin = post;
	post->twin = pre;
}

static struct error *same_plain_name(const struct om_span *a, const struct om_span *b, bool *ret)
{
	char *x = om_name_plain(a->name), *y = om_name_plain(b->name);
	struct error *err = x && y ? NULL : error_errno(ENOMEM, "%s", a->obj->path);

	*ret = !err && !strcmp(x, y);
	free(x);
	free(y);
	return err;
}

/* Its only part of that name, or NULL. */
static struct error *find_part(const struct om_span *whole, const struct om_span *like, struct om_span **ret)
{
	*ret = NULL;
	om_for_each_span(span, whole->obj) {
		bool same = false;
		struct error *err = span->part_of == whole ? same_plain_name(span, like, &same) : NULL;

		if (err)
			return err;
		if (same && *ret) {
			*ret = NULL;
			return NULL;
		}
		if (same)
			*ret = span;
	}
	return NULL;
}

/* foo.cold goes with foo. */
static struct error *pair_parts(struct om_span *pre, struct om_span *post)
{
	struct error *err = NULL;

	om_for_each_span(a, pre->obj)
		if (a->part_of == pre)
			part_with_twin(a);
	om_for_each_span(b, post->obj)
		if (b->part_of == post)
			part_with_twin(b);
	om_for_each_span(a, pre->obj) {
		struct om_span *b = NULL, *back = NULL;

		if (a->part_of != pre)
			continue;
		err = find_part(post, a, &b);
		if (!err && b)
			err = find_part(pre, b, &back);
		if (err)
			return err;
		if (b && back == a)
			pair(a, b);
	}
	return NULL;
}

static struct error *pair_whole(struct om_span *pre, struct om_span *post)
{
	pair(pre, post);
	return pre->section->class == OM_CLASS_TEXT ? pair_parts(pre, post) : NULL;
}

/* Nothing goes on with it, but what the linker has not taken. */
static bool is_free(const struct om_span *span)
{
	return !span->twin || span->twin->overridden;
}

static struct error *pair_name(const struct om_symbol *was, const struct om_symbol *is)
{
	struct om_span *pre = was->span, *post = is->span;

	if (pre->twin == post || was->span_off || is->span_off || pre->section->class != post->section->class || !om_moves(pre) ||
	    !om_moves(post) || pre->part_of || post->part_of || !is_free(pre) || !is_free(post))
		return NULL;
	return pair_whole(pre, post);
}

static struct error *pair_names(const struct om_definitions *before, const struct om_definitions *post)
{
	struct error *err = NULL;

	for (size_t i = 0, nr; i < post->nr && !err; i += nr) {
		struct om_definition *now, *then;
		struct om_symbol *was, *is;
		size_t nr_then = om_definitions_of(before, post->list[i].sym->name, &then);

		nr = om_definitions_of(post, post->list[i].sym->name, &now);
		is = om_definition_taken(now, nr);
		was = om_definition_taken(then, nr_then);
		if (was && is)
			err = pair_name(was, is);
	}
	return err;
}

/* What is static has no name beyond its unit.  Here is what could be meant by two references of the same place. */
static struct error *could_be(const struct om_span *pre, const struct om_span *post, bool *ret)
{
	*ret = false;
	if (!pre || !post || pre->twin || post->twin || same_unit(pre, post) || pre->section->class != post->section->class ||
	    !om_moves(pre) || !om_moves(post) || pre->part_of || post->part_of)
		return NULL;
	if (om_is_variable(pre) && (pre->size != post->size || om_name_numbered(pre->name) != om_name_numbered(post->name)))
		return NULL;
	return same_plain_name(pre, post, ret);
}

/* A function that is only called, and not from a moved one, needs no pair: its callers change. */
static bool is_witness(const struct om_span *from, const struct om_reloc *rel, const struct om_span *to)
{
	return to->section->class != OM_CLASS_TEXT || om_moved(from) || om_is_pointer(from, rel);
}

static struct error *pair_slot(const struct om_span *pre, const struct om_reloc *a, const struct om_span *post, const struct om_reloc *b,
			       bool *progress)
{
	int64_t was, is;
	struct om_span *x = om_meant(a, &was), *y = om_meant(b, &is);
	bool same = false;
	struct error *err = was == is ? could_be(x, y, &same) : NULL;

	if (err || !same || !is_witness(post, b, y))
		return err;
	*progress = true;
	return pair_whole(x, y);
}

static struct error *pair_entry(const struct om_span *pre, const struct om_entry *x, const struct om_span *post, const struct om_entry *y,
				bool *progress)
{
	struct om_reloc *a, *b;
	size_t nr = om_entry_relocs(x, &a);
	struct error *err = NULL;

	if (x->table != y->table || x->code_off != y->code_off || om_entry_relocs(y, &b) != nr)
		return NULL;
	for (size_t i = 0; i < nr && !err; i++)
		if (a[i].offset - x->offset == b[i].offset - y->offset)
			err = pair_slot(pre, &a[i], post, &b[i], progress);
	return err;
}

static struct error *pair_slots_of(struct om_span *pre, bool *progress)
{
	struct om_span *post = pre->twin;
	struct error *err = NULL;

	if (!post || !om_alike(pre, post))
		return NULL;
	for (size_t i = 0; i < pre->nr_relocs && !err; i++)
		err = pair_slot(pre, &pre->relocs[i], post, &post->relocs[i], progress);
	for (size_t i = 0; pre->nr_entries == post->nr_entries && i < pre->nr_entries && !err; i++)
		err = pair_entry(pre, &pre->entries[i], post, &post->entries[i], progress);
	return err;
}

/* Until nothing changes: a moved table of functions has slots of its own. */
static struct error *pair_slots(struct om_target *t)
{
	struct error *err = NULL;
	bool progress;

	do {
		progress = false;
		for (size_t i = 0; i < t->nr_units && !err; i++)
			om_for_each_span(pre, om_unit_before(&t->units[i]))
				err = err ?: pair_slots_of(pre, &progress);
	} while (progress && !err);
	return err;
}

struct error *om_moved_pair(struct om_target *t, const struct om_definitions *before, const struct om_definitions *post)
{
	struct error *err = pair_names(before, post);

	return t->nr_units > 1 && !err ? pair_slots(t) : err;
}
