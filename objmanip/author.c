// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads what the author said with ksplice-patch.h.  Only what is new counts: what the pre object has as well belongs to an
 * update before this one.
 */
#include "objmanip/author.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kmodsrc/ksplice-patch.h"
#include "kmodsrc/runpre/runpre.h"
#include "objmanip/arch.h"
#include "objmanip/compare.h"
#include "objmanip/names.h"
#include "objmanip/refusals.h"
#include "objmanip/sections.h"

static const struct {
	const char *word;
	enum om_declared declared;
} words[] = {
	{ "data_in_place", OM_IN_PLACE },
	{ "data_new", OM_TAKE_NEW },
	{ "data_ignore", OM_IGNORE },
	{ "init_ignore", OM_IGNORE_INIT },
};

static bool is_about(const struct om_span *span, enum om_declared declared)
{
	switch (span->section->class) {
	case OM_CLASS_INIT:
	case OM_CLASS_TEXT:
		return declared == OM_IGNORE_INIT && span->symbol;
	case OM_CLASS_DATA:
	case OM_CLASS_RODATA:
	case OM_CLASS_PERCPU:
		return declared != OM_IGNORE_INIT && span->symbol;
	default:
		return false;
	}
}

/* A declaration taken apart: "data_new name". */
struct declaration {
	enum om_declared declared;
	const char *word, *name;	/* borrowed; @word is one of the table's */
	struct om_span *about;		/* NULL: nothing */
	bool ambiguous;
};

/* 2: it is its name; 1: it is, but for the number that the compiler put behind it. */
static int name_fits(const char *symbol, const char *name)
{
	size_t len = strlen(name);

	if (!strcmp(symbol, name))
		return 2;
	return !strncmp(symbol, name, len) && symbol[len] == '.' && om_name_root_len(symbol) == len && om_name_numbered(symbol);
}

/* By any of its names: MODULE_DEVICE_TABLE(pci, ids) gives the static table ids another one. */
static void find_object(struct om_obj *post, struct declaration *d)
{
	int best = 1;

	for (size_t i = 1; i < post->nr_symbols; i++) {
		const struct om_symbol *sym = &post->symbols[i];
		struct om_span *span = sym->span_off ? NULL : sym->span;
		int fits = span && is_about(span, d->declared) ? name_fits(sym->name, d->name) : 0;

		if (fits < best)
			continue;
		d->ambiguous = fits == best && d->about && (d->ambiguous || d->about != span);
		d->about = span;
		best = fits;
	}
}

static bool is_declaration(const struct om_span *span)
{
	return span->section->class == OM_CLASS_AUTHOR && !span->twin &&
	       !strcmp(span->section->name, KSPLICE_DECLARATIONS_SECTION);
}

/* False: it is none that we know. */
static bool read_declaration(const struct om_span *span, struct declaration *ret)
{
	const char *text = (const char *)om_bytes(span);

	if (!text || !span->size || text[span->size - 1])
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i].word);

		if (strncmp(text, words[i].word, len) || text[len] != ' ')
			continue;
		*ret = (struct declaration){ .declared = words[i].declared, .word = words[i].word, .name = text + len + 1 };
		find_object(span->obj, ret);
		return true;
	}
	return false;
}

/* A new object is not the old one, whatever their names. */
static void part(struct om_span *span)
{
	if (span->twin)
		span->twin->twin = NULL;
	span->twin = NULL;
}

/* .initcall6.init, .init.setup, .pci_fixup_final: the kernel goes, or went, through them and calls what they name. */
static bool calls_functions(const struct om_section *sec)
{
	if (sec->class == OM_CLASS_INIT)
		return !(sec->flags & SHF_EXECINSTR);
	return sec->class == OM_CLASS_OTHER &&
	       (om_section_fate(sec) == OM_FATE_BOOT || om_section_fate(sec) == OM_FATE_FIXED);
}

/* Entries of such tables go with the function that they are about. */
static void spread_init(struct om_obj *post)
{
	om_for_each_span(span, post) {
		if (!calls_functions(span->section))
			continue;
		om_for_each_reloc(rel, span)
			if (rel->target && rel->target->section->flags & SHF_EXECINSTR &&
			    rel->target->declared == OM_IGNORE_INIT)
				span->declared = OM_IGNORE_INIT;
	}
}

void om_declarations_read(struct om_unit *unit)
{
	om_for_each_span(span, unit->post) {
		struct declaration d;

		/* What is wrong with it, om_author_refuse() says. */
		if (!is_declaration(span) || !read_declaration(span, &d) || !d.about || d.ambiguous || d.about->declared)
			continue;
		d.about->declared = d.declared;
		if (d.declared == OM_TAKE_NEW)
			part(d.about);
	}
	spread_init(unit->post);
}

bool om_in_place(const struct om_span *post)
{
	return post->declared == OM_IN_PLACE && post->verdict == OM_CHANGED;
}

/* Hooks */

static uint32_t field(const struct om_span *span, uint32_t off)
{
	uint32_t value;

	memcpy(&value, om_bytes(span) + off, sizeof(value));
	return value;
}

static bool is_hook(const struct om_span *span)
{
	return span->section->class == OM_CLASS_AUTHOR && !span->twin && !strcmp(span->section->name, KSPLICE_AUTHOR_HOOKS_SECTION);
}

const char *om_phase_name(uint32_t phase)
{
	static const char *const names[KSPLICE_NR_PHASES] = {
		[KSPLICE_PRE_APPLY] = "pre_apply", [KSPLICE_CHECK_APPLY] = "check_apply", [KSPLICE_APPLY] = "apply",
		[KSPLICE_POST_APPLY] = "post_apply", [KSPLICE_FAIL_APPLY] = "fail_apply",
		[KSPLICE_PRE_REVERSE] = "pre_reverse", [KSPLICE_CHECK_REVERSE] = "check_reverse",
		[KSPLICE_REVERSE] = "reverse", [KSPLICE_POST_REVERSE] = "post_reverse",
		[KSPLICE_FAIL_REVERSE] = "fail_reverse",
	};

	return names[phase];
}

/* struct ksplice_author_hook_record: phase, line, pointer. */
static struct error *read_hook(struct om_span *span, struct om_author_hook *ret)
{
	struct om_reloc *rel = om_reloc_at(span, 8);

	if (span->size != 16 || !om_bytes(span))
		return error_new(ERROR_BAD_FILE, "%s: %s: section %s is not as ksplice-patch.h makes it", span->obj->path,
				 span->name, span->section->name);
	*ret = (struct om_author_hook){ .record = span, .phase = field(span, 0), .line = field(span, 4) };
	if (ret->phase >= KSPLICE_NR_PHASES)
		return error_new(ERROR_BAD_FILE, "%s: %s: no such phase", span->obj->path, span->name);
	if (rel && rel->target && !rel->target_off && rel->target->symbol &&
	    rel->target->section->flags & SHF_EXECINSTR)
		ret->fn = rel->target;
	return NULL;
}

static struct error *add_hook(struct om_target *t, struct om_span *span)
{
	struct om_author_hook *grown = reallocarray(t->author_hooks, t->nr_author_hooks + 1, sizeof(*grown));

	if (!grown)
		return error_errno(ENOMEM, "%s", t->name);
	t->author_hooks = grown;
	return read_hook(span, &t->author_hooks[t->nr_author_hooks++]);
}

/* Of one unit. The compiler need not write variables in the order of the source. */
static int compare_lines(const void *a, const void *b)
{
	const struct om_author_hook *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->record->start < y->record->start ? -1 : x->record->start > y->record->start;
}

struct error *om_author_hooks_read(struct om_target *t)
{
	for (size_t i = 0; i < t->nr_units; i++) {
		size_t first = t->nr_author_hooks;

		om_for_each_span(span, t->units[i].post) {
			struct error *err = is_hook(span) ? add_hook(t, span) : NULL;

			if (err)
				return err;
		}
		if (t->nr_author_hooks > first)
			qsort(t->author_hooks + first, t->nr_author_hooks - first, sizeof(*t->author_hooks), compare_lines);
	}
	return NULL;
}

/* Refusals */

static const char hook_advice[] = "register a function that the diff adds, not in __init; it may call the other one";

static struct error *refuse_hook(struct om_target *t, const struct om_author_hook *h)
{
	const char *why = NULL;

	if (!h->fn)
		why = "no function of this source file";
	else if (h->fn->section->class == OM_CLASS_INIT)
		why = "the function is in a section that is not carried";
	else if (h->fn->verdict != OM_NEW)
		why = "the kernel has the function already";
	if (!why)
		return NULL;
	return om_refuse_one(t, om_where_name(h->record->obj, h->fn ? h->fn->name : h->record->name), hook_advice,
			     "a hook that cannot be called: %s", why);
}

/* The new contents are copied from where the loader relocated them: a distance would be another one there. */
static bool has_distances(const struct om_span *span)
{
	om_for_each_reloc(rel, span)
		if (span->obj->arch->reloc_pcrel(rel->type))
			return true;
	return false;
}

static const char *why_not_in_place(const struct om_span *span)
{
	if (!span->twin)
		return "it is new, or its name is not enough to tell which object of the kernel it was";
	if (span->verdict == OM_SAME)
		return NULL;
	if (span->section->class == OM_CLASS_PERCPU)
		return "each processor has a copy of its own";
	if (span->size != span->twin->size)
		return "its size changes";
	if (om_is_more_aligned(span))
		return "it must be aligned to more than it is";
	if (!span->size || span->size > RUNPRE_MAX_RUN)
		return "it is empty or larger than 1 MiB";
	return has_distances(span) ? "it has distances to other objects in it" : NULL;
}

static bool was_defined(const struct om_target *t, const char *name)
{
	for (size_t i = 0; i < t->nr_units; i++) {
		const struct om_symbol *sym = om_find_symbol(t->units[i].pre, name);

		if (sym && sym->bind != STB_LOCAL)
			return true;
	}
	return false;
}

static const char *why_not_new(const struct om_target *t, const struct om_span *span)
{
	/* Where the name is new, all who use it change. */
	if (span->symbol->bind != STB_LOCAL && was_defined(t, span->name))
		return "other source files see it by its name, and would go on with the old one";
	return span->carried ? NULL : "no function that can be replaced refers to it";
}

static const char *why_not_ignored(const struct om_span *span)
{
	if (!span->twin)
		return "it is new: the kernel has none that could stay";
	if (span->size > span->twin->size)
		return "it becomes larger, and the kernel's object has only the old size";
	return om_is_more_aligned(span) ? "it must be aligned to more than the kernel's object is" : NULL;
}

static const char *why_not(const struct om_target *t, const struct declaration *d)
{
	if (!d->about)
		return d->declared == OM_IGNORE_INIT ? "the compiled unit has no function or init data of that name"
						     : "the compiled unit has no data of that name";
	if (d->ambiguous)
		return "several objects in this source file have that name";
	if (d->about->declared != d->declared)
		return "it is declared twice, in different ways";
	switch (d->declared) {
	case OM_IN_PLACE:
		return why_not_in_place(d->about);
	case OM_TAKE_NEW:
		return why_not_new(t, d->about);
	case OM_IGNORE:
		return why_not_ignored(d->about);
	default:
		return NULL;
	}
}

static struct error *refuse_declaration(struct om_target *t, const struct om_span *span)
{
	static const char advice[] = "see docs/authoring.md for what each declaration can do; a hook can do the rest";
	struct declaration d;
	const char *why;

	if (!read_declaration(span, &d))
		return error_new(ERROR_BAD_FILE, "%s: %s: section %s is not as ksplice-patch.h makes it", span->obj->path,
				 span->name, span->section->name);
	why = why_not(t, &d);
	return why ? om_refuse_one(t, om_where_name(span->obj, d.name), advice, "cannot do what ksplice_%s says: %s", d.word, why) : NULL;
}

struct error *om_author_refuse(struct om_target *t)
{
	struct error *err = NULL;

	for (size_t i = 0; i < t->nr_author_hooks && !err; i++)
		err = refuse_hook(t, &t->author_hooks[i]);
	for (size_t i = 0; i < t->nr_units && !err; i++)
		om_for_each_span(span, t->units[i].post)
			if (!err && is_declaration(span))
				err = refuse_declaration(t, span);
	return err;
}
