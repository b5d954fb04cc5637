// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the strings and constants whose place in the running kernel matching will tell. */
#include "objmanip/kept.h"

#include <string.h>

#include "objmanip/match-table.h"
#include "objmanip/moved.h"
#include "objmanip/sections.h"
#include "objmanip/special.h"

bool om_is_matched(const struct om_span *pre)
{
	return pre->section->class == OM_CLASS_TEXT && pre->size && !om_section_trampolines(pre->section);
}

/* In an alternative, the kernel may have put other instructions there, which refer to something else. */
static bool may_be_rewritten(const struct om_span *code, uint64_t off)
{
	for (size_t i = 0; i < code->nr_entries; i++) {
		const struct om_entry *e = &code->entries[i];
		struct om_alternative alt;

		if (e->table->kind != OM_TABLE_ALT && e->table->kind != OM_TABLE_FEATURE)
			continue;
		om_entry_alternative(e, &alt);
		if (off >= e->code_off && off - e->code_off < alt.instrlen)
			return true;
	}
	return false;
}

/* A weak function need not be the one that runs; code without a name need not be found. */
static bool is_found(const struct om_span *span)
{
	return om_is_matched(span) && span->symbol && span->symbol->bind != STB_WEAK;
}

bool om_is_matched_reloc(const struct om_span *span, const struct om_reloc *rel)
{
	return is_found(span) && !may_be_rewritten(span, rel->offset - span->start);
}

static void mark_in(struct om_obj *pre)
{
	om_for_each_span(span, pre) {
		if (!is_found(span))
			continue;
		om_for_each_reloc(rel, span)
			if (rel->target && om_match_has_bytes(rel->target) && om_is_matched_reloc(span, rel))
				rel->target->known = true;
	}
}

void om_mark_known(struct om_target *t)
{
	for (size_t i = 0; i < t->nr_units; i++)
		mark_in(t->units[i].pre);
}

static bool same_bytes(const struct om_span *a, const struct om_span *b)
{
	return a->section->class == b->section->class && a->section->entsize == b->section->entsize &&
	       a->section->align >= b->section->align && a->size == b->size && !memcmp(om_bytes(a), om_bytes(b), a->size);
}

static struct om_obj *pre_of(const struct om_target *t, const struct om_obj *post)
{
	for (size_t i = 0; i < t->nr_units; i++)
		if (t->units[i].post == post)
			return t->units[i].pre;
	return NULL;
}

struct om_span *om_known_in(struct om_obj *pre, const struct om_span *span)
{
	om_for_each_span(known, pre)
		if (known->known && same_bytes(known, span))
			return known;
	return NULL;
}

/* Strings go along with a function that moves to another unit. */
static struct om_span *known_where_it_was(const struct om_span *post)
{
	om_for_each_span(span, post->obj) {
		struct om_obj *pre = span->section->class == OM_CLASS_TEXT && om_moved(span) ? span->twin->obj : NULL;

		if (!pre)
			continue;
		om_for_each_reloc(rel, span)
			if (rel->target == post)
				return om_known_in(pre, post);
	}
	return NULL;
}

struct om_span *om_kept(const struct om_target *t, struct om_span *post)
{
	if (!om_match_has_bytes(post))
		return NULL;
	/* Of several, the twin: then a field that did not change refers to what it did. */
	if (post->twin && post->twin->known && same_bytes(post->twin, post))
		return post->twin;
	return om_known_in(pre_of(t, post->obj), post) ?: known_where_it_was(post);
}
