// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which post span continues which pre span.  A ladder; what one rung has paired is a witness for the next:
 *
 *	name		cmdline_proc_show: the same name, once on each side
 *	alias		__x64_sys_getppid, which is also __do_sys_getppid: any of the names, as the first in the object may be another
 *	plain name	do_sys_openat2.part.0: once on each side when numbers are left out
 *	part		helper.constprop.1.cold: the part of the function that continues helper.constprop.0
 *	entry		a table entry without a symbol: the same bytes, and a reference to the same name
 *	content		two clones foo.constprop.0 and .1: the one that has the same bytes, else the same name
 *	slot		__already_done.37: mentioned in the same field of two functions that are alike
 *	constant	names.4: read-only, the same plain name and the same bytes
 *	referrer	counter.2: mentioned by the same function, and by no other of the same plain name
 *	order		two static variables "last" in blocks of one function: as many on each side, by first mention, if the code
 *			around their mentions bears it out (witness.c)
 *	value		strings, constants, __func__: the same content
 *
 * Nothing is guessed: what is left is new or gone.  A wrong pair of functions would be harmless, since it makes their
 * callers differ; a wrong pair of static variables would be a silent exchange of state.
 */
#include "objmanip/correlate.h"

#include <string.h>

#include "objmanip/alike.h"
#include "objmanip/ladder.h"
#include "objmanip/names.h"

static struct error *group_only(struct om_ladder *l, struct om_key *pre, size_t nr_pre, struct om_key *post, size_t nr_post)
{
	if (nr_pre == 1 && nr_post == 1)
		om_pair(l, pre->span, post->span);
	return NULL;
}

/* Any of them will do: first with first, second with second. */
static struct error *group_in_order(struct om_ladder *l, struct om_key *pre, size_t nr_pre, struct om_key *post, size_t nr_post)
{
	for (size_t i = 0; i < nr_pre && i < nr_post; i++)
		om_pair(l, pre[i].span, post[i].span);
	return NULL;
}

static struct error *group_same_number(struct om_ladder *l, struct om_key *pre, size_t nr_pre, struct om_key *post, size_t nr_post)
{
	return nr_pre == nr_post ? group_in_order(l, pre, nr_pre, post, nr_post) : NULL;
}

static struct om_span *only_alike(struct om_span *span, struct om_key *keys, size_t nr)
{
	struct om_span *found = NULL;

	for (size_t i = 0; i < nr; i++) {
		if (keys[i].span->twin || !om_alike(span, keys[i].span))
			continue;
		if (found)
			return NULL;
		found = keys[i].span;
	}
	return found;
}

/* Clones of one function: by content, then by their full names. */
static struct error *group_clones(struct om_ladder *l, struct om_key *pre, size_t nr_pre, struct om_key *post, size_t nr_post)
{
	if (nr_pre == 1 && nr_post == 1)
		return group_only(l, pre, nr_pre, post, nr_post);
	for (size_t i = 0; i < nr_pre; i++) {
		struct om_span *other = only_alike(pre[i].span, post, nr_post);

		if (other && only_alike(other, pre, nr_pre) == pre[i].span)
			om_pair(l, pre[i].span, other);
	}
	for (size_t i = 0; i < nr_pre; i++)
		for (size_t j = 0; j < nr_post; j++)
			if (!pre[i].span->twin && !post[j].span->twin && !strcmp(pre[i].span->name, post[j].span->name))
				om_pair(l, pre[i].span, post[j].span);
	return NULL;
}

static struct om_span *only_part(const struct om_span *whole)
{
	struct om_span *found = NULL;

	om_for_each_span(span, whole->obj) {
		if (span->part_of != whole)
			continue;
		if (found)
			return NULL;
		found = span;
	}
	return found;
}

/* Parts of clones are often alike, and numbered as these are: only whose they are tells which is which. */
static void pair_parts(struct om_ladder *l)
{
	om_for_each_span(pre, om_unit_before(l->unit)) {
		struct om_span *post = !pre->twin && pre->part_of && pre->part_of->twin && only_part(pre->part_of) == pre ?
					       only_part(pre->part_of->twin) : NULL;

		if (post && !post->twin && post->section->class == pre->section->class)
			om_pair(l, pre, post);
	}
}

/* The only one of its name that is the beginning of a span. */
static const struct om_symbol *only_start(const struct om_obj *obj, const char *name)
{
	const struct om_symbol *found = NULL;

	for (size_t i = 1; i < obj->nr_symbols; i++) {
		const struct om_symbol *sym = &obj->symbols[i];

		if (!sym->span || sym->span_off || sym->type == STT_SECTION || strcmp(sym->name, name))
			continue;
		if (found)
			return NULL;
		found = sym;
	}
	return found && found->span->symbol ? found : NULL;
}

/*
 * Of several names, a span has the one that other units know or that the compiler happened to mention first; that may be another
 * one after the diff: MODULE_DEVICE_TABLE(pci, ids) makes a global alias of the static table.
 */
static void rung_aliases(struct om_ladder *l)
{
	const struct om_obj *post = l->unit->post;

	for (size_t i = 1; i < post->nr_symbols; i++) {
		const struct om_symbol *is = &post->symbols[i], *was;

		if (!is->name[0] || !is->span || is->span->twin || is->section->class == OM_CLASS_EXPORT || om_name_numbered(is->name) ||
		    (is->type == STT_NOTYPE && is->bind == STB_LOCAL) || only_start(post, is->name) != is)
			continue;
		was = only_start(om_unit_before(l->unit), is->name);
		if (was && !was->span->twin && was->section->class == is->section->class)
			om_pair(l, was->span, is->span);
	}
}

static struct error *climb(struct om_ladder *l)
{
	struct error *err;

	err = om_rung(l, om_key_name, group_only);
	if (!err)
		rung_aliases(l);
	err = err ?: om_rung(l, om_key_plain_code, group_clones);
	pair_parts(l);
	err = err ?: om_rung(l, om_key_entry, group_in_order);
	err = err ?: om_rung(l, om_key_section, group_same_number);
	err = err ?: om_rung_slots(l);
	err = err ?: om_rung(l, om_key_numbered_constant, group_in_order);
	do {
		l->progress = false;
		err = err ?: om_rung(l, om_key_plain_data, om_group_referrer);
		err = err ?: om_rung(l, om_key_plain_data, om_group_mentions);
		bool progress = l->progress;

		err = err ?: om_rung_slots(l);
		l->progress = progress;
	} while (!err && l->progress);
	err = err ?: om_rung(l, om_key_plain_other, group_same_number);
	return err ?: om_rung(l, om_key_content, group_in_order);
}

struct error *om_correlate(struct om_unit *unit)
{
	struct om_ladder l = { .unit = unit };
	struct error *err = om_refs_make(om_unit_before(unit), &l.pre_refs) ?: om_refs_make(unit->post, &l.post_refs);

	err = err ?: climb(&l);
	om_refs_free(&l.pre_refs);
	om_refs_free(&l.post_refs);
	return err;
}
