// SPDX-License-Identifier: GPL-2.0-or-later
/* Contents that changed: of variables, constants, and what the kernel ran at boot. */
#include "objmanip/refuse-parts.h"
#include "objmanip/refuse.h"

#include "objmanip/arch.h"
#include "objmanip/author.h"
#include "objmanip/linkage.h"
#include "objmanip/message-index.h"
#include "objmanip/names.h"
#include "objmanip/sections.h"

#define DECLARE "say in the source what is to become of it, with ksplice_data_in_place(), ksplice_data_new() or " \
		"ksplice_data_ignore() of ksplice-patch.h; docs/authoring.md tells which"
#define DECLARE_INIT "make the change where it acts on the running system, or in a hook, and say that this part does not " \
		     "matter: ksplice_init_ignore() of ksplice-patch.h, docs/authoring.md"

const char *om_held_function(const struct om_span *table)
{
	om_for_each_reloc(rel, table) {
		int64_t off;
		const struct om_span *to = om_meant(rel, &off);

		if (to && (off || to->part_of))
			continue;
		if (to ? to->section->flags & SHF_EXECINSTR : om_is_undefined(rel->sym))
			return to ? to->name : rel->sym->name;
	}
	return NULL;
}

/*
 * A function that compares an address with the constant's, and has not got that address from the constant itself, as a loop over a
 * table has: if (device->info == &newer_info).
 */
static const struct om_span *compared_by(const struct om_span *constant)
{
	om_for_each_span(from, constant->obj) {
		bool compares = false, takes = false;

		if (!from->carried || from->section->class != OM_CLASS_TEXT)
			continue;
		om_for_each_reloc(rel, from) {
			const struct om_insn *insn = rel->target == constant ? om_insn_at(from, rel->offset - from->start) : NULL;

			if (!insn || om_reloc_upper(from->obj->arch, rel->type))
				continue;
			if (!from->obj->arch->compares(from, insn, rel))
				takes |= !om_reloc_accesses(from, insn, rel);
			else if (rel->target_off >= 0 && (uint64_t)rel->target_off < constant->size)
				compares = true;
		}
		if (compares && !takes)
			return from;
	}
	return NULL;
}

/*
 * Who uses a constant by name is replaced and gets the new one.  But tables of functions are made for objects to point to
 * (file->f_op): objects that exist keep the old one, and those made from now on keep the new one, in the code module,
 * when the update is undone.
 */
static struct error *refuse_constant(struct om_target *t, const struct om_span *span, const char *why)
{
	static const char own[] = "give the functions to be changed a constant of their own; or " DECLARE;
	const char *function = om_held_function(span);
	const struct om_span *user = compared_by(span);

	if (!function && span->twin)
		function = om_held_function(span->twin);
	if (span->symbol && span->symbol->bind != STB_LOCAL)
		return om_refuse_one(t, om_where_span(span), own, "%s: a constant that other units of the kernel see too", why);
	if (!span->carried)
		return om_refuse_one(t, om_where_span(span), own, "%s: no function that can be replaced refers to it", why);
	if (function)
		return om_refuse_one(t, om_where_span(span), "leave the table as it is and change the functions that it has; or " DECLARE,
				     "%s: a table that has, or may have, functions (%s): "
				     "objects that exist keep the old one, and others the new one after an undo",
				     why, function);
	if (user)
		return om_refuse_one(t, om_where_span(span), own, "%s: %s compares addresses with that of this constant: objects that exist have "
				     "that of the old one", why, user->name);
	return NULL;
}

static struct error *refuse_init(struct om_target *t, const struct om_span *span, const char *why)
{
	struct error *err;

	/* The kernel has dropped it, and would never have run it; or it is the compiler's, and tells a sanitizer what is there. */
	if (om_section_exit(span->section) || om_section_fate(span->section) == OM_FATE_INFORMS)
		return NULL;
	err = om_refuse_one(t, om_where_span(span), DECLARE_INIT,
			    "%s: the kernel ran this at boot or when the module was loaded, and does not again (section %s)", why,
			    span->section->name);
	if (!err)
		t->refusals[t->nr_refusals - 1].settled = true;
	return err;
}

struct error *om_refuse_changed(struct om_target *t, const struct om_span *span)
{
	const char *why = span->reason ?: "changed";

	if (om_in_place(span) || span->declared == OM_IGNORE_INIT)
		return NULL;
	switch (span->section->class) {
	case OM_CLASS_INIT:
		return refuse_init(t, span, why);
	case OM_CLASS_DATA:
		return om_by_content(span) ? NULL : om_refuse_one(t, om_where_span(span), DECLARE,
			      "%s: existing data, which has had other values since it was set up", why);
	case OM_CLASS_PERCPU:
		return om_refuse_one(t, om_where_span(span), DECLARE, "%s: existing per-CPU data", why);
	case OM_CLASS_RODATA:
		return om_by_content(span) || om_indexed_message(span) ? NULL : refuse_constant(t, span, why);
	case OM_CLASS_OTHER:
		return om_refuse_table(t, span, why);
	default:
		return NULL;
	}
}
