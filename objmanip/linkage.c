// SPDX-License-Identifier: GPL-2.0-or-later
#include "objmanip/linkage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct om_obj *om_side_obj(const struct om_unit *unit, enum om_side side)
{
	switch (side) {
	case OM_SIDE_PRE:
		return unit->pre;
	case OM_SIDE_BEFORE:
		return om_unit_before(unit);
	default:
		return unit->post;
	}
}

/* Visible to the linker beyond its unit, and somewhere: not absolute, and not in a section that is not loaded. */
static bool is_definition(const struct om_symbol *sym)
{
	return sym->bind != STB_LOCAL && sym->span && sym->name[0];
}

static int compare(const void *a, const void *b)
{
	const struct om_definition *x = a, *y = b;
	int cmp = strcmp(x->sym->name, y->sym->name);

	if (cmp)
		return cmp;
	if ((x->sym->bind == STB_WEAK) != (y->sym->bind == STB_WEAK))
		return x->sym->bind == STB_WEAK ? 1 : -1;
	return x->unit < y->unit ? -1 : x->unit > y->unit;
}

struct error *om_definitions_read(const struct om_target *t, enum om_side side, struct om_definitions *ret)
{
	size_t room = 0;

	*ret = (struct om_definitions){ 0 };
	for (size_t i = 0; i < t->nr_units; i++)
		room += om_side_obj(&t->units[i], side)->nr_symbols;
	ret->list = calloc(room + 1, sizeof(*ret->list));
	if (!ret->list)
		return error_errno(ENOMEM, "%s", t->name);
	for (size_t i = 0; i < t->nr_units; i++) {
		struct om_obj *obj = om_side_obj(&t->units[i], side);

		for (size_t k = 1; k < obj->nr_symbols; k++)
			if (is_definition(&obj->symbols[k]))
				ret->list[ret->nr++] = (struct om_definition){ .sym = &obj->symbols[k], .unit = i };
	}
	qsort(ret->list, ret->nr, sizeof(*ret->list), compare);
	return NULL;
}

void om_definitions_free(struct om_definitions *d)
{
	free(d->list);
	*d = (struct om_definitions){ 0 };
}

size_t om_definitions_of(const struct om_definitions *d, const char *name, struct om_definition **first)
{
	size_t lo = 0, hi = d->nr, nr = 0;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (strcmp(d->list[mid].sym->name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	*first = d->list + lo;
	while (lo + nr < d->nr && !strcmp(d->list[lo + nr].sym->name, name))
		nr++;
	return nr;
}

struct om_symbol *om_definition_taken(const struct om_definition *first, size_t nr)
{
	return nr && (first->sym->bind != STB_WEAK || nr == 1) ? first->sym : NULL;
}

/* A label inside of something (SYM_INNER_LABEL) is no span of its own: that is imported by its name. */
static struct om_span *start_of(const struct om_symbol *sym)
{
	return sym && !sym->span_off ? sym->span : NULL;
}

static void link_symbol(struct om_symbol *sym, const struct om_definitions *d)
{
	struct om_definition *first;
	struct om_symbol *taken;
	size_t nr;

	if (sym->bind == STB_LOCAL || !sym->name[0] || !(om_is_undefined(sym) || (sym->span && sym->bind == STB_WEAK)))
		return;
	nr = om_definitions_of(d, sym->name, &first);
	taken = om_definition_taken(first, nr);
	/* Where it is one of several weak ones, matching will tell whether it is the one that runs. */
	if (om_is_undefined(sym) || taken)
		sym->meant = taken == sym ? sym->span : start_of(taken);
}

/*
 * Whether a unit that the diff does not reach overrides what is defined by this name here.  The kernel's symbol table has what was
 * linked: one that is strong, where the units at hand only have a weak one; or any, where they had none.
 */
static bool is_overridden_outside(const struct om_target *t, const char *name, const struct om_definitions *before)
{
	struct om_definition *first;
	size_t nr = om_definitions_of(before, name, &first);
	enum om_bound bound;

	if (!t->bound || (nr && first->sym->bind != STB_WEAK))
		return false;
	bound = t->bound(t->bound_ctx, t->name, name);
	return bound == OM_BOUND_STRONG || (!nr && bound == OM_BOUND_WEAK);
}

/* All of its names are weak, and mean something else. */
static bool is_overridden(const struct om_target *t, const struct om_span *span, const struct om_definitions *before)
{
	const struct om_obj *obj = span->obj;

	if (!span->symbol || span->symbol->bind != STB_WEAK)
		return false;
	for (size_t i = 1; i < obj->nr_symbols; i++) {
		const struct om_symbol *sym = &obj->symbols[i];

		if (sym->span != span || sym->span_off || (sym->type == STT_NOTYPE && sym->bind == STB_LOCAL))
			continue;
		if (sym->bind != STB_WEAK || (sym->meant == span && !is_overridden_outside(t, sym->name, before)))
			return false;
	}
	return true;
}

void om_link(struct om_target *t, enum om_side side, const struct om_definitions *d, const struct om_definitions *before)
{
	for (size_t i = 0; i < t->nr_units; i++) {
		struct om_obj *obj = om_side_obj(&t->units[i], side);

		for (size_t k = 1; k < obj->nr_symbols; k++)
			link_symbol(&obj->symbols[k], d);
		om_for_each_span(span, obj)
			span->overridden = is_overridden(t, span, before ?: d);
	}
}

struct om_span *om_meant(const struct om_reloc *rel, int64_t *off)
{
	const struct om_symbol *sym = rel->sym;

	*off = rel->target_off;
	if (sym->bind == STB_LOCAL || (rel->target && sym->bind != STB_WEAK) || rel->target == sym->meant)
		return rel->target;
	*off -= sym->span_off;
	return sym->meant;
}
