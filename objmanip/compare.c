// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What changed.  Two spans are the same when their bytes outside of relocation fields are, when each relocation points
 * to the same thing as its counterpart, and when the tables say the same about both.
 */
#include "objmanip/compare.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/alike.h"
#include "objmanip/arch.h"
#include "objmanip/author.h"
#include "objmanip/linkage.h"
#include "objmanip/moved.h"
#include "objmanip/names.h"
#include "objmanip/refs.h"
#include "objmanip/sections.h"
#include "objmanip/special.h"

/* Content refers to content (a table of strings), never in circles; a bound all the same. */
#define MAX_DEPTH 8

static bool same_target(const struct om_reloc *pre, const struct om_reloc *post, int depth);
static bool same_entries(const struct om_span *pre, const struct om_span *post, int depth);

static uint64_t reloc_off(const struct om_span *span, size_t i)
{
	return i < span->nr_relocs ? span->relocs[i].offset - span->start : UINT64_MAX;
}

/* Both point to the same place in the span that they are about. */
static bool is_own_place(const struct om_span *pre, const struct om_reloc *a, const struct om_span *post, const struct om_reloc *b)
{
	return a->target == pre && b->target == post && a->target_off == b->target_off;
}

static bool same_content(const struct om_span *pre, const struct om_span *post, int depth)
{
	if (!depth || pre->section->class != post->section->class || !om_alike(pre, post))
		return false;
	for (size_t i = 0; i < pre->nr_relocs; i++)
		if (!is_own_place(pre, &pre->relocs[i], post, &post->relocs[i]) &&
		    !same_target(&pre->relocs[i], &post->relocs[i], depth - 1))
			return false;
	return same_entries(pre, post, depth - 1);
}

/* "%s: bad\n" may be a string of its own before and the end of another one after. */
static bool same_string(const struct om_reloc *pre, const struct om_reloc *post)
{
	const struct om_span *a = pre->target, *b = post->target;

	if (a->section->entsize != 1 || b->section->entsize != 1 || pre->target_off < 0 || post->target_off < 0 ||
	    (uint64_t)pre->target_off >= a->size || (uint64_t)post->target_off >= b->size)
		return false;
	return !strcmp(om_string(a) + pre->target_off, om_string(b) + post->target_off);
}

/* Undefined here, absolute, or in a section that is not loaded. */
static bool same_outside(const struct om_reloc *pre, const struct om_reloc *post)
{
	const struct om_symbol *a = pre->sym, *b = post->sym;

	if (pre->target || post->target || pre->target_off != post->target_off || (a->shndx >= SHN_LORESERVE) != (b->shndx >= SHN_LORESERVE))
		return false;
	if (om_is_undefined(a) || om_is_undefined(b) || !a->section || !b->section)
		return om_is_undefined(a) == om_is_undefined(b) && !strcmp(a->name, b->name);
	return !strcmp(a->section->name, b->section->name) && a->value == b->value;
}

/* A weak name is whatever the kernel has by that name: foo and foo_default may be two functions. */
static bool same_weak_name(const struct om_symbol *a, const struct om_symbol *b)
{
	return (a->bind != STB_WEAK && b->bind != STB_WEAK) || !strcmp(a->name, b->name);
}

static bool same_target(const struct om_reloc *pre, const struct om_reloc *post, int depth)
{
	int64_t was, is;
	const struct om_span *a = om_meant(pre, &was), *b = om_meant(post, &is);

	/* One that is defined in units at hand on one side only is refused, if it matters (lost.c). */
	if (!a || !b)
		return same_outside(pre, post);
	if (a->section->class == OM_CLASS_STRINGS && b->section->class == OM_CLASS_STRINGS && same_string(pre, post))
		return true;
	if (was != is)
		return false;
	if (om_by_content(a) && om_by_content(b))
		return same_content(a, b, depth);
	return a->twin == b && same_weak_name(pre->sym, post->sym);
}

bool om_same_target(const struct om_reloc *pre, const struct om_reloc *post)
{
	return same_target(pre, post, MAX_DEPTH);
}

bool om_same_code(const struct om_span *pre, const struct om_span *post)
{
	return same_content(pre, post, MAX_DEPTH);
}

static struct error *set_reason(struct om_span *span, const char *fmt, va_list ap)
{
	char *why = NULL;
	int n = vasprintf(&why, fmt, ap);

	free(span->reason);
	span->reason = NULL;
	if (n >= 0)
		n = om_moved(span) ? asprintf(&span->reason, "was in %s: %s", span->twin->obj->unit, why) :
				     asprintf(&span->reason, "%s", why);
	free(why);
	if (n >= 0)
		return NULL;
	span->reason = NULL;
	return error_errno(ENOMEM, "%s", span->obj->path);
}

/* A weak function that does not run, as the linker took another, or a part of one. */
static bool never_runs(const struct om_span *span)
{
	return (span->part_of ?: span)->overridden;
}

struct error *om_mark_changed(struct om_span *post, const char *fmt, ...)
{
	struct error *err;
	va_list ap;

	if (post->verdict != OM_SAME || !post->twin || (never_runs(post) && post->reason))
		return NULL;
	if (!never_runs(post))
		post->verdict = post->twin->verdict = OM_CHANGED;
	va_start(ap, fmt);
	err = set_reason(post, fmt, ap);
	va_end(ap);
	return err;
}

/* Where the instruction begins that has the field, as a disassembler shows it; in data the field itself. */
static uint64_t place_of(const struct om_span *span, const struct om_reloc *rel)
{
	const struct om_insn *insn = om_insn_at(span, rel->offset - span->start);

	return insn ? insn->off : rel->offset - span->start;
}

static struct error *mark_other_target(struct om_span *post, const struct om_reloc *was, const struct om_reloc *is)
{
	char a[80], b[80];
	bool branch = post->nr_insns && post->obj->arch->reloc_branch(post, is);

	if (is->target && is->target->declared == OM_TAKE_NEW)
		return om_mark_changed(post, "refers to the new %s at +0x%" PRIx64, om_describe_target(is, b, sizeof(b)),
				       place_of(post, is));
	return om_mark_changed(post, "%s %s instead of %s at +0x%" PRIx64, branch ? "calls" : "refers to",
			       om_describe_target(is, b, sizeof(b)), om_describe_target(was, a, sizeof(a)),
			       place_of(post, is));
}

/* Offset of the first byte that differs outside of relocation fields, or UINT64_MAX. Sizes are equal. */
static uint64_t first_byte(const struct om_span *pre, const struct om_span *post)
{
	static const uint8_t zero;
	const uint8_t *a = om_bytes(pre), *b = om_bytes(post);
	size_t i = 0, j = 0;

	/* In a section without contents, and that may be of any size. */
	if (!a && !b)
		return UINT64_MAX;
	for (uint64_t off = 0; off < pre->size; off++) {
		while (i < pre->nr_relocs && off >= reloc_off(pre, i) + om_reloc_own_bytes(pre->obj->arch, pre->relocs[i].type))
			i++;
		while (j < post->nr_relocs && off >= reloc_off(post, j) + om_reloc_own_bytes(post->obj->arch, post->relocs[j].type))
			j++;
		if (off >= reloc_off(pre, i) && off >= reloc_off(post, j))
			continue;
		if (*(a ? a + off : &zero) != *(b ? b + off : &zero))
			return off;
	}
	return UINT64_MAX;
}

static struct error *compare_relocs(struct om_span *pre, struct om_span *post, uint64_t before)
{
	for (size_t i = 0; i < pre->nr_relocs || i < post->nr_relocs; i++) {
		uint64_t a = reloc_off(pre, i), b = reloc_off(post, i), at = a < b ? a : b;

		if (at > before)
			return NULL;
		if (a != b || !om_same_field(post->obj->arch, &pre->relocs[i], &post->relocs[i]))
			return om_mark_changed(post, "relocation differs at +0x%" PRIx64, at);
		if (!om_same_target(&pre->relocs[i], &post->relocs[i]))
			return mark_other_target(post, &pre->relocs[i], &post->relocs[i]);
	}
	return NULL;
}

/* What happens to these entries follows from the code alone. */
static bool follows_code(const struct om_entry *e)
{
	switch (e->table->kind) {
	case OM_TABLE_BUG:
	case OM_TABLE_EX:
	case OM_TABLE_ALT:
	case OM_TABLE_FEATURE:
	case OM_TABLE_PARA:
	case OM_TABLE_JUMP:
	case OM_TABLE_STATIC_CALL:
	case OM_TABLE_RUNTIME_PTR:
	case OM_TABLE_RUNTIME_SHIFT:
		return false;
	default:
		return true;
	}
}

static const struct om_entry *next_entry(const struct om_span *span, size_t *i)
{
	while (*i < span->nr_entries && follows_code(&span->entries[*i]))
		(*i)++;
	return *i < span->nr_entries ? &span->entries[(*i)++] : NULL;
}

static bool same_entry_bytes(const struct om_entry *a, const struct om_entry *b, const struct om_reloc *rels, size_t nr)
{
	const uint8_t *x = a->section->data + a->offset, *y = b->section->data + b->offset;
	size_t i = 0;

	for (uint32_t off = 0; off < a->size; off++) {
		while (i < nr && off >= rels[i].offset - a->offset + om_reloc_own_bytes(a->code->obj->arch, rels[i].type))
			i++;
		if (i < nr && off >= rels[i].offset - a->offset)
			continue;
		if (x[off] != y[off])
			return false;
	}
	return true;
}

/* The piece of replacement that the entry names; the rest of its span may be another one's. */
static bool same_replacement(const struct om_entry *a, const struct om_entry *b)
{
	struct om_alternative x, y;
	struct om_span p, q;

	om_entry_alternative(a, &x);
	om_entry_alternative(b, &y);
	if (x.instrlen != y.instrlen || x.repllen != y.repllen)
		return false;
	if (!x.repl || !y.repl)
		return !x.repl && !y.repl;
	p = *x.repl;
	q = *y.repl;
	for (int i = 0; i < 2; i++) {
		struct om_span *s = i ? &q : &p;

		s->start += i ? y.repl_off : x.repl_off;
		s->size = x.repllen;
		while (s->nr_relocs && s->relocs->offset < s->start) {
			s->relocs++;
			s->nr_relocs--;
		}
		while (s->nr_relocs && s->relocs[s->nr_relocs - 1].offset >= s->start + s->size)
			s->nr_relocs--;
	}
	return same_content(&p, &q, MAX_DEPTH);
}

static bool same_entry(const struct om_entry *a, const struct om_entry *b, int depth)
{
	struct om_reloc *x, *y;
	size_t nr = om_entry_relocs(a, &x);

	if (a->table != b->table || strcmp(a->section->name, b->section->name) || a->code_off != b->code_off || a->size != b->size || om_entry_relocs(b, &y) != nr ||
	    !same_entry_bytes(a, b, x, nr))
		return false;
	for (size_t i = 0; i < nr; i++) {
		if (x[i].offset - a->offset != y[i].offset - b->offset ||
		    !om_same_field(a->code->obj->arch, &x[i], &y[i]))
			return false;
		if (x[i].target && x[i].target->section->class == OM_CLASS_REPLACEMENT)
			continue;
		if (!is_own_place(a->code, &x[i], b->code, &y[i]) && !same_target(&x[i], &y[i], depth))
			return false;
	}
	return (a->table->kind != OM_TABLE_ALT && a->table->kind != OM_TABLE_FEATURE) || same_replacement(a, b);
}

static bool same_entries(const struct om_span *pre, const struct om_span *post, int depth)
{
	size_t i = 0, j = 0;
	const struct om_entry *a, *b;

	do {
		a = next_entry(pre, &i);
		b = next_entry(post, &j);
		if ((a || b) && (!a || !b || !same_entry(a, b, depth)))
			return false;
	} while (a && b);
	return true;
}

static struct error *compare_entries(struct om_span *pre, struct om_span *post)
{
	size_t i = 0, j = 0;
	const struct om_entry *a, *b;

	do {
		a = next_entry(pre, &i);
		b = next_entry(post, &j);
		if ((a || b) && (!a || !b || !same_entry(a, b, MAX_DEPTH)))
			return om_mark_changed(post, "entry of %s differs at +0x%x", (b ?: a)->section->name,
					       (b ?: a)->code_off);
	} while (a && b);
	return NULL;
}

/* A new object of the same section is as much aligned; then it is for its sake. */
static bool is_for_another(const struct om_section *sec)
{
	for (size_t i = 0; i < sec->nr_spans; i++)
		if (!sec->spans[i]->twin && !(sec->spans[i]->start % sec->align))
			return true;
	return false;
}

bool om_is_more_aligned(const struct om_span *post)
{
	const struct om_section *sec = post->section, *was;

	if (!post->twin || (sec->class != OM_CLASS_DATA && sec->class != OM_CLASS_PERCPU && sec->class != OM_CLASS_RODATA) ||
	    om_by_content(post) || sec->align <= post->twin->section->align || post->start % sec->align)
		return false;
	if (sec->nr_spans == 1)
		return true;
	/* Of several in one section (__read_mostly, per-CPU), only the most aligned is known. */
	was = om_find_section(post->twin->obj, sec->name);
	return !is_for_another(sec) && (!was || was->align < sec->align);
}

static struct error *compare_twins(struct om_span *pre, struct om_span *post)
{
	struct error *err;
	uint64_t at;

	/* What it does at first is what its key says at first, and that is data. */
	if (om_section_trampolines(pre->section) && om_section_trampolines(post->section))
		return NULL;
	if (pre->size != post->size)
		return om_mark_changed(post, "size %" PRIu64 " -> %" PRIu64, pre->size, post->size);
	if (om_is_more_aligned(post))
		return om_mark_changed(post, "alignment %" PRIu64 " -> %" PRIu64, pre->section->align, post->section->align);
	at = first_byte(pre, post);
	err = compare_relocs(pre, post, at);
	if (!err && at != UINT64_MAX)
		err = om_mark_changed(post, "byte differs at +0x%" PRIx64, at);
	return err ?: compare_entries(pre, post);
}

static bool is_changed_constant(const struct om_reloc *rel)
{
	return rel->target && rel->target->section->class == OM_CLASS_RODATA && rel->target->verdict == OM_CHANGED &&
	       !om_by_content(rel->target) && !om_in_place(rel->target);
}

static struct error *mark_user(struct om_span *span, const struct om_entry *entry, struct om_reloc *rel, void *ctx)
{
	bool *progress = ctx;

	if (!is_changed_constant(rel) || rel->target == span || span->verdict != OM_SAME || !span->twin || never_runs(span))
		return NULL;
	*progress = true;
	return om_mark_changed(span, "refers to changed constant %s", rel->target->name);
}

/* The running kernel's copy of a constant stays as it is; whatever should see the new one must be new itself. */
static struct error *spread_constants(struct om_obj *post)
{
	bool progress;

	do {
		progress = false;
		om_for_each_span(span, post) {
			struct error *err = span->verdict == OM_SAME ? om_walk_relocs(span, mark_user, &progress) : NULL;

			if (err)
				return err;
		}
	} while (progress);
	return NULL;
}

/* Code and data that may have places of a function in it: a jump, a table of labels. What has no name is compared with its users. */
static bool may_have_places(const struct om_span *span)
{
	switch (span->section->class) {
	case OM_CLASS_TEXT:
		return true;
	case OM_CLASS_DATA:
	case OM_CLASS_PERCPU:
	case OM_CLASS_RODATA:
		return !om_by_content(span);
	case OM_CLASS_OTHER:
		return om_section_fate(span->section) == OM_FATE_UNKNOWN;
	default:
		return false;
	}
}

static struct error *mark_intruder(struct om_span *span, const struct om_entry *entry, struct om_reloc *rel, void *ctx)
{
	const struct om_span *to = rel->target, *whole = to && to->part_of ? to->part_of : to;
	bool *progress = ctx;

	if (!to || to == span || to->section->class != OM_CLASS_TEXT || whole->verdict != OM_CHANGED || whole == span ||
	    (!rel->target_off && to == whole && !om_by_content(to)) || span->verdict != OM_SAME || !span->twin || never_runs(span))
		return NULL;
	*progress = true;
	return om_mark_changed(span, "%s a place inside of %s, which changed",
			       span->section->class == OM_CLASS_TEXT ? "goes to" : "has", whole->name);
}

/*
 * A hook is met at a function's entry only.  In a .S file others jump into its middle, or share an end with it that goes back into
 * it.  In C, a table of labels (goto *labels[i], ___bpf_prog_run() of kernel/bpf/core.c) has places of one function.
 */
static struct error *spread_places(struct om_obj *post)
{
	bool progress;

	do {
		progress = false;
		om_for_each_span(span, post) {
			struct error *err = span->verdict == OM_SAME && may_have_places(span) ?
						    om_walk_relocs(span, mark_intruder, &progress) : NULL;

			if (err)
				return err;
		}
	} while (progress);
	return NULL;
}

/* A function and its parts are entered and left together. */
static struct error *join_parts(struct om_obj *post)
{
	om_for_each_span(span, post) {
		struct error *err = NULL;

		if (span->part_of && span->verdict == OM_CHANGED)
			err = om_mark_changed(span->part_of, "its part %s: %s", span->name, span->reason);
		else if (span->part_of && span->verdict == OM_NEW && !never_runs(span))
			err = om_mark_changed(span->part_of, "its part %s is new", span->name);
		if (err)
			return err;
	}
	return NULL;
}

static size_t nr_changed(const struct om_obj *post)
{
	size_t nr = 0;

	om_for_each_span(span, post)
		nr += span->verdict == OM_CHANGED;
	return nr;
}

/* What changed makes others change, until nothing does any more. */
static struct error *spread(struct om_obj *post)
{
	struct error *err = NULL;
	size_t was;

	do {
		was = nr_changed(post);
		err = join_parts(post) ?: spread_constants(post) ?: spread_places(post);
	} while (!err && nr_changed(post) != was);
	return err;
}

/* What stays as it is by the author's word counts as the same. */
static struct error *ignore(struct om_span *post)
{
	bool ignored = post->declared == OM_IGNORE ||
		       (post->declared == OM_IGNORE_INIT && post->section->class != OM_CLASS_TEXT);

	if (!ignored || post->verdict != OM_CHANGED)
		return NULL;
	post->verdict = post->twin->verdict = OM_SAME;
	free(post->reason);
	post->reason = strdup("changed, and declared to be ignored");
	return post->reason ? NULL : error_errno(ENOMEM, "%s", post->obj->path);
}

void om_compare_begin(struct om_unit *unit)
{
	om_for_each_span(pre, om_unit_before(unit)) {
		enum om_class class = pre->section->class;

		/* These have no life of their own: exports are compared by name, replacements with their entries. */
		pre->verdict = pre->twin || class == OM_CLASS_EXPORT || class == OM_CLASS_REPLACEMENT ? OM_SAME : OM_GONE;
	}
	om_for_each_span(post, unit->post) {
		enum om_class class = post->section->class;

		post->verdict = post->twin || class == OM_CLASS_EXPORT || class == OM_CLASS_REPLACEMENT ? OM_SAME : OM_NEW;
	}
}

struct error *om_compare(struct om_unit *unit)
{
	om_for_each_span(post, unit->post) {
		enum om_class class = post->section->class;
		struct error *err = NULL;

		if (post->twin && class != OM_CLASS_EXPORT && class != OM_CLASS_AUTHOR)
			err = compare_twins(post->twin, post);
		err = err ?: ignore(post);
		if (err)
			return err;
	}
	return spread(unit->post);
}
