// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is carried.  It begins with the changed functions and the author's hooks, and takes in what they refer to until
 * nothing is missing: new functions and data, changed constants, new strings and literals, replacement instructions.
 * Data that exists is never copied, it is the kernel's; nor is a function that did not change.
 */
#include "objmanip/select.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/author.h"
#include "objmanip/compare.h"
#include "objmanip/kept.h"
#include "objmanip/linkage.h"
#include "objmanip/links.h"
#include "objmanip/message-index.h"
#include "objmanip/names.h"
#include "objmanip/refs.h"
#include "objmanip/sections.h"
#include "objmanip/special.h"

struct work {
	struct om_target *t;
	struct om_span **todo;
	size_t nr, room;
};

bool om_replaced(const struct om_span *post)
{
	return post->verdict == OM_CHANGED && post->section->class == OM_CLASS_TEXT && !post->part_of &&
	       !om_by_content(post);
}

static struct error *carry(struct work *w, struct om_span *span)
{
	if (span->carried)
		return NULL;
	if (w->nr == w->room) {
		struct om_span **grown = realloc(w->todo, (w->room * 2 + 64) * sizeof(*grown));

		if (!grown)
			return error_errno(ENOMEM, "%s", span->obj->path);
		w->todo = grown;
		w->room = w->room * 2 + 64;
	}
	span->carried = true;
	w->todo[w->nr++] = span;
	return NULL;
}

/* A place inside of an unchanged function can only be met by carrying that function too; then it is hooked like the others. */
static struct error *carry_function(struct work *w, struct om_span *from, struct om_span *to, int64_t off)
{
	struct om_span *whole = to->part_of ?: to;
	struct error *err;

	if (to->verdict == OM_SAME && !off && !to->part_of)
		return NULL;
	if (whole->verdict == OM_SAME && whole->twin) {
		err = om_mark_changed(whole, "%s, which changed, refers to a place inside of it", from->name);
		if (err)
			return err;
	}
	return carry(w, to);
}

static bool is_mentioned_by_code(const struct om_span *span)
{
	om_for_each_span(from, span->obj) {
		if (from->section->class != OM_CLASS_TEXT)
			continue;
		om_for_each_reloc(rel, from)
			if (rel->target == span)
				return true;
	}
	return false;
}

/*
 * Where a debug message goes to a function of its own (btrfs_debug(), print_hex_dump_debug(): _dynamic_func_call_no_desc()), only
 * the jump label's entry knows its descriptor.  Then matching does not find it, and its name is a number that other units
 * of the target have as well.  New code gets one of its own, which is off at first.
 */
static bool is_lost_descriptor(const struct om_span *to)
{
	return om_debug_descriptor(to) && (!to->twin || !is_mentioned_by_code(to->twin));
}

/*
 * A lock_class_key has no bytes without lockdep (include/linux/lockdep_types.h), and so no place of its own: its address is that of whatever comes
 * behind, and nothing is told by it.  With section anchors all of a unit are at one place, so which one is which cannot be told: new code gets its own.
 */
static bool is_without_bytes(const struct om_span *to)
{
	return !to->size && to->obj->arch->carried_cflags;
}

static bool wants_copy(const struct om_span *to)
{
	switch (to->section->class) {
	case OM_CLASS_TEXT: /* what has no name; functions are carry_function()'s */
	case OM_CLASS_STRINGS:
	case OM_CLASS_CONSTS:
	case OM_CLASS_REPLACEMENT:
		return true;
	case OM_CLASS_RODATA:
		return om_by_content(to) || to->verdict == OM_NEW || om_indexed_message(to) || (to->verdict == OM_CHANGED && !om_in_place(to));
	case OM_CLASS_DATA:
		return om_by_content(to) || to->verdict == OM_NEW || is_without_bytes(to);
	case OM_CLASS_PERCPU:
		return om_by_content(to) || to->verdict == OM_NEW;
	case OM_CLASS_OTHER:
		return om_debug_descriptor(to) && (to->verdict == OM_NEW || is_lost_descriptor(to));
	default: /* refuse.c says what is wrong with the others */
		return false;
	}
}

static struct error *follow(struct om_span *from, const struct om_entry *entry, struct om_reloc *rel, void *ctx)
{
	struct work *w = ctx;
	struct om_span *to, *kept;
	int64_t off;

	to = om_meant(rel, &off);
	if (!to || to == from || to->overridden)
		return NULL;
	if (to->section->class == OM_CLASS_TEXT && !om_by_content(to))
		return carry_function(w, from, to, off);
	if (!wants_copy(to))
		return NULL;
	kept = om_kept(w->t, to);
	if (kept)
		to->twin = kept;
	return kept ? NULL : carry(w, to);
}

static struct error *carry_parts(struct work *w, struct om_span *span)
{
	struct om_span *whole = span->part_of ?: span;
	struct error *err = carry(w, whole);

	om_for_each_span(part, whole->obj)
		if (!err && part->part_of == whole)
			err = carry(w, part);
	return err;
}

static bool is_new(const struct om_span *span)
{
	return span->verdict == OM_NEW && !span->part_of && !om_by_content(span) && !om_in_index(span);
}

static bool counts_as_new(const struct om_span *span)
{
	return span->carried && is_new(span);
}

/*
 * Functions and variables: an entry of a table (__ksymtab, __param) is used by what reads the whole table, an author's declaration by us.
 * Macros make others, with a number in their name (__UNIQUE_ID___addressable_cleanup_module729).
 */
static bool counts_as_unused(const struct om_span *span)
{
	switch (span->section->class) {
	case OM_CLASS_TEXT:
	case OM_CLASS_DATA:
	case OM_CLASS_PERCPU:
	case OM_CLASS_RODATA:
		return !span->carried && is_new(span) && span->symbol && strncmp(span->name, "__UNIQUE_ID_", 12) != 0;
	default:
		return false;
	}
}

static void count(struct om_target *t)
{
	t->nr_changed = t->nr_new = t->nr_unused = t->nr_in_place = 0;
	for (size_t i = 0; i < t->nr_units; i++) {
		om_for_each_span(span, t->units[i].post) {
			t->nr_changed += om_replaced(span);
			t->nr_new += counts_as_new(span);
			t->nr_unused += counts_as_unused(span);
			t->nr_in_place += om_in_place(span);
		}
	}
}

static struct error *explain_new(struct om_obj *post)
{
	om_for_each_span(span, post) {
		if (!counts_as_new(span) || span->reason)
			continue;
		span->reason = strdup(om_is_code(span) ? "new function" : "new data");
		if (!span->reason)
			return error_errno(ENOMEM, "%s", post->path);
	}
	return NULL;
}

static struct error *drain(struct work *w)
{
	struct error *err = NULL;

	while (!err && w->nr) {
		struct om_span *span = w->todo[--w->nr];

		if (span->section->class == OM_CLASS_TEXT)
			err = carry_parts(w, span);
		err = err ?: om_walk_relocs(span, follow, w);
	}
	return err;
}

/* A new entry about data (a module parameter, a static SRCU domain) is worth something when that data is in the kernel or carried. */
static bool goes_along(const struct om_span *entry)
{
	if (!entry->carried && om_message_carried(entry))
		return true;
	if (entry->carried || entry->verdict != OM_NEW || entry->section->class != OM_CLASS_OTHER ||
	    om_section_fate(entry->section) != OM_FATE_WITH_DATA)
		return false;
	om_for_each_reloc(rel, entry)
		if (rel->target && rel->target->section->class == OM_CLASS_DATA && rel->target->verdict == OM_NEW &&
		    !rel->target->carried)
			return false;
	return true;
}

/* Until nothing changes: what an entry refers to (the function that sets a parameter) may use new data itself. */
static struct error *carry_entries(struct work *w)
{
	struct error *err = NULL;
	bool progress;

	do {
		progress = false;
		for (size_t i = 0; i < w->t->nr_units && !err; i++) {
			om_for_each_span(span, w->t->units[i].post) {
				if (err || !goes_along(span))
					continue;
				progress = true;
				err = carry(w, span) ?: drain(w);
			}
		}
	} while (progress && !err);
	return err;
}

static struct error *note_parameters(struct om_target *t)
{
	struct error *err = NULL;

	for (size_t i = 0; i < t->nr_units && !err; i++) {
		om_for_each_span(span, t->units[i].post) {
			if (err || strcmp(span->section->name, "__param") || span->verdict != OM_NEW)
				continue;
			if (span->carried)
				err = om_target_note(t, "%s: the new parameter %s belongs to the update's code module, where it has its "
						     "default value at first", span->obj->unit, span->name);
			else
				err = om_target_note(t, "%s: the new parameter %s is left out: nothing that changed uses it",
						     span->obj->unit, span->name);
		}
	}
	return err;
}

/* Hooks, and what the new contents of objects in place refer to; these themselves are not carried, but the kernel's. */
static struct error *select_for_author(struct work *w)
{
	struct error *err = NULL;

	for (size_t i = 0; i < w->t->nr_author_hooks && !err; i++)
		if (w->t->author_hooks[i].fn && w->t->author_hooks[i].fn->section->class == OM_CLASS_TEXT)
			err = carry(w, w->t->author_hooks[i].fn);
	for (size_t i = 0; i < w->t->nr_units && !err; i++)
		om_for_each_span(span, w->t->units[i].post)
			if (!err && om_in_place(span))
				err = om_walk_relocs(span, follow, w);
	return err;
}

/* What other targets take from this one, whether something here uses it or not. */
static struct error *carry_offers(struct work *w, struct om_obj *post)
{
	struct error *err = NULL;

	for (size_t i = 1; i < post->nr_symbols && w->t->nr_offers && !err; i++)
		if (om_link_offered(w->t, post, &post->symbols[i]))
			err = carry(w, post->symbols[i].span);
	return err;
}

struct error *om_select(struct om_target *t)
{
	struct work w = { .t = t };
	struct error *err = NULL;

	om_mark_known(t);
	for (size_t i = 0; i < t->nr_units; i++)
		om_for_each_span(span, t->units[i].post)
			if (!err && span->verdict == OM_CHANGED && span->section->class == OM_CLASS_TEXT)
				err = carry(&w, span);
	for (size_t i = 0; i < t->nr_units && !err; i++)
		err = carry_offers(&w, t->units[i].post);
	err = err ?: select_for_author(&w) ?: drain(&w);
	/* Entries go along with code that changed; alone they are none of its business. */
	count(t);
	if (om_target_has_effect(t))
		err = err ?: carry_entries(&w);
	free(w.todo);
	for (size_t i = 0; i < t->nr_units && !err; i++)
		err = explain_new(t->units[i].post);
	count(t);
	return err ?: note_parameters(t);
}
