// SPDX-License-Identifier: GPL-2.0-or-later
/* Entries of tables that are neither about code nor a unit's own data: of the kernel, at boot, of BTF ids, of tracepoints. */
#include "objmanip/refuse-parts.h"

#include <string.h>

#include "objmanip/sections.h"

/* A new or changed entry of a table that is neither about code nor data of the unit's own. */
struct error *om_refuse_table(struct om_target *t, const struct om_span *span, const char *why)
{
	const struct om_section *sec = span->section;
	const char *name = sec->name, *what = om_section_what(sec);

	switch (om_section_fate(sec)) {
	case OM_FATE_DEBUG:
	case OM_FATE_INDEX:
	case OM_FATE_INFORMS:
		return NULL;
	case OM_FATE_BOOT:
		return om_refuse_one(t, om_where_span(span), "make the change where it acts on the running system",
				     "%s: the kernel went through this table (%s) at boot (section %s)", why, what, name);
	case OM_FATE_FIXED:
		return om_refuse_one(t, om_where_span(span), "do the work in a function that runs anyway, and leave the table as it is",
				     "%s: a table of the kernel's own (%s) that cannot be changed or grow (section %s)", why, what, name);
	case OM_FATE_BTF:
		return om_refuse_one(t, om_where_span(span), "leave the set as it is",
				     "%s: %s, which the kernel got when it was linked (section %s)", why, what, name);
	case OM_FATE_TRACE:
		return om_refuse_one(t, om_where_span(span), "leave tracepoints and system calls as they are",
				     "%s: a table of %s, which cannot be changed or grow (section %s)", why, what, name);
	case OM_FATE_WITH_DATA:
		if (span->verdict == OM_NEW)
			return NULL;
		return om_refuse_one(t, om_where_span(span), "leave the entry as it is",
				     "%s: existing entry of a table of %s (section %s)", why, what, name);
	default:
		return om_refuse_one(t, om_where_span(span), "leave this part of the change out",
				     "%s: section %s, whose meaning is not known here", why, name);
	}
}

/* Initcalls and their like: they would have to run, and nothing will run them. */
static bool wants_to_run_at_boot(const struct om_section *sec)
{
	return sec->class == OM_CLASS_INIT && (strstr(sec->name, "initcall") || !strcmp(sec->name, ".init.setup"));
}

struct error *om_refuse_new(struct om_target *t, const struct om_span *span)
{
	if (span->declared == OM_IGNORE_INIT)
		return NULL;
	if (wants_to_run_at_boot(span->section))
		return om_refuse_one(t, om_where_span(span), "do the work in a function that runs anyway, or in a hook: docs/authoring.md",
				     "a new initcall or boot parameter: boot is over (section %s)", span->section->name);
	return span->section->class == OM_CLASS_OTHER ? om_refuse_table(t, span, "new") : NULL;
}

/*
 * What is gone from the source stays in the kernel, where nobody comes to it any more; but the kernel goes through its tables, and
 * what a set of BTF ids allows is still allowed.
 */
struct error *om_refuse_gone(struct om_target *t, const struct om_span *pre)
{
	enum om_fate fate = pre->section->class == OM_CLASS_OTHER ? om_section_fate(pre->section) : OM_FATE_UNKNOWN;

	if (wants_to_run_at_boot(pre->section) || fate == OM_FATE_BOOT)
		return om_target_note(t, "%s: the diff removes %s (section %s): it had its turn at boot, and what it did then stays",
				      pre->obj->unit, pre->name, pre->section->name);
	return fate == OM_FATE_FIXED || fate == OM_FATE_BTF ? om_refuse_table(t, pre, "removed") : NULL;
}

/* Code counts through lists of BTF ids, and a function may have left one set for another. */
struct error *om_refuse_btf_order(struct om_target *t, const struct om_unit *unit)
{
	om_for_each_section(sec, unit->post) {
		const struct om_section *pre = sec->class == OM_CLASS_OTHER && om_section_fate(sec) == OM_FATE_BTF ?
						       om_find_section(unit->pre, sec->name) : NULL;

		/* Where the numbers differ, something is new or removed. */
		for (size_t i = 0; pre && pre->nr_spans == sec->nr_spans && i < sec->nr_spans; i++)
			if (sec->spans[i]->twin && sec->spans[i]->twin != pre->spans[i])
				return om_refuse_table(t, sec->spans[i], "at another place");
	}
	return NULL;
}
