// SPDX-License-Identifier: GPL-2.0-or-later
#include "objmanip/match-carried.h"

#include "objmanip/arch.h"
#include "objmanip/hook.h"
#include "objmanip/kept.h"
#include "objmanip/names.h"
#include "objmanip/select.h"
#include "objmanip/symbols.h"

static struct om_span *whole(const struct om_span *span)
{
	return span->part_of ?: (struct om_span *)span;
}

/* Strings and constants, and variables without bytes, which have no place that is their own: an update may bring another one. */
static bool is_copied(const struct om_span *span)
{
	return !om_is_code(span) && (om_by_content(span) || !span->symbol || !span->size);
}

/* One of the kernel's that the unit has already is used where it is (om_kept()); else each function is taken to have its own. */
static uint32_t copied_symbol(struct om_program *p, struct om_span *to)
{
	struct om_span *owner = whole(p->span);
	struct om_span *known = om_match_has_bytes(to) ? om_known_in(owner->stands_for->obj, to) : NULL;

	return known ? om_match_span(p->mt, known) : om_match_own(p->mt, to, owner);
}

uint32_t om_match_carried_symbol(struct om_program *p, const struct om_reloc *rel)
{
	struct om_span *to = rel->target;

	if (!to || rel->sym->bind == STB_WEAK)
		return om_match_reloc(p->mt, rel);
	if (is_copied(to))
		return copied_symbol(p, to);
	if (to->stands_for)
		return om_match_span(p->mt, to->stands_for);
	p->unknown = true;
	return 0;
}

/* Whoever is in a part is in the function: pre must tell of each. */
static bool has_same_parts(const struct om_span *function, const struct om_span *pre)
{
	om_for_each_span(part, function->obj)
		if (part->part_of == function && (!part->stands_for || part->stands_for->part_of != pre))
			return false;
	return true;
}

/* A hook in the code that the span would be. */
static bool may_be_hooked(const struct om_span *span, const struct om_span *post)
{
	const struct om_arch *arch = span->obj->arch;
	struct om_no_hook why;
	struct om_hook hook;

	return om_hook_place(span, &hook, &why) && arch->hook_from_carried(span, post);
}

static bool may_have_second(const struct om_span *pre)
{
	const struct om_span *span = pre->stand_in, *function = whole(pre);

	if (!span || span->obj == pre->obj || !pre->obj->arch->carried_cflags || !pre->symbol || !om_is_matched(span))
		return false;
	if (whole(span)->stands_for != function || !has_same_parts(whole(span), function))
		return false;
	return !function->twin || !om_replaced(function->twin) || may_be_hooked(whole(span), function->twin);
}

struct error *om_match_carried(struct om_match_table *mt, const struct om_span *pre, struct om_program *ret, bool *found)
{
	struct error *err;

	*ret = (struct om_program){ .mt = mt, .span = pre->stand_in, .carried = true };
	*found = may_have_second(pre);
	if (!*found)
		return NULL;
	err = om_program_compile(ret);
	*found = !err && !ret->unknown;
	/* What could not be carried has not been. */
	if (err && err->kind == ERROR_REFUSED) {
		error_free(err);
		err = NULL;
	}
	return err;
}

/*
 * The distance is that of pre, whose source has what earlier updates have added.  Where the kernel has not, it may be another; and where one of
 * them has added a variable, it carries a function of this unit, which then must not match.
 */
bool om_match_carried_of(const struct om_target *t, const struct om_unit *unit)
{
	for (size_t i = 0; i < t->nr_imports; i++)
		if (t->imports[i].distance && t->imports[i].pre && t->imports[i].pre->obj == unit->pre)
			return false;
	return true;
}
