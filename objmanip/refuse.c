// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What cannot be spliced, and what the author of the diff can do about it.  Every reason is listed, not only the first.
 * The reasons are in refuse-*.c; refuse-names.c has the functions that are refused by name.
 */
#include "objmanip/refuse.h"

#include "objmanip/author.h"
#include "objmanip/refs.h"
#include "objmanip/refuse-parts.h"
#include "objmanip/select.h"

static struct error *refuse_post(struct om_target *t, struct om_unit *unit, struct om_span *span)
{
	struct error *err = NULL;

	if (span->verdict == OM_CHANGED)
		err = om_refuse_changed(t, span);
	else if (span->verdict == OM_NEW)
		err = om_refuse_new(t, span);
	err = err ?: om_refuse_static(t, unit, span);
	err = err ?: om_refuse_kind(t, unit, span);
	err = err ?: om_refuse_read_only(t, span);
	err = err ?: om_refuse_marks(t, span);
	if (!err && om_replaced(span))
		err = om_refuse_replaced(t, span);
	if (!err && span->carried)
		err = om_refuse_runtime_shift(t, span) ?: om_refuse_static_key(t, span);
	if (!err && span->carried)
		err = om_refuse_assembly(t, span);
	if (!err && (span->carried || om_in_place(span)))
		err = om_walk_relocs(span, om_refuse_reference, t);
	return err;
}

static struct error *refuse_unit(struct om_target *t, struct om_unit *unit)
{
	struct error *err;

	om_for_each_span(span, unit->post) {
		err = refuse_post(t, unit, span);
		if (err)
			return err;
	}
	om_for_each_span(span, unit->pre) {
		err = span->verdict == OM_GONE ? om_refuse_gone(t, span) : NULL;
		if (err)
			return err;
	}
	return om_refuse_btf_order(t, unit);
}

struct error *om_refuse(struct om_target *t)
{
	struct error *err = NULL;

	for (size_t i = 0; i < t->nr_units && !err; i++)
		err = refuse_unit(t, &t->units[i]);
	return err;
}
