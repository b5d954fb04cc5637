// SPDX-License-Identifier: GPL-2.0-or-later
/* What carried code would not find in a module as it does in the kernel. */
#include "objmanip/refuse-parts.h"

#include "objmanip/neighbours.h"
#include "objmanip/special.h"
#include "objmanip/static-keys.h"

/* A reference of carried code or data that nothing can meet. */
struct error *om_refuse_reference(struct om_span *from, const struct om_entry *entry, struct om_reloc *rel, void *ctx)
{
	struct om_target *t = ctx;
	const struct om_span *to = rel->target, *neighbour;
	uint64_t off = entry ? entry->code_off : rel->offset - from->start;

	if (!to && rel->sym->section && rel->sym->section->class != OM_CLASS_REPLACEMENT)
		return om_refuse_one(t, om_where_off(from, off), "leave this part of the change out",
				     "refers to section %s, which is not loaded", rel->sym->section->name);
	neighbour = om_doubtful_neighbour(t, from, entry, rel);
	if (neighbour)
		return om_refuse_one(t, om_where_off(from, off), "give a new variable no section (__read_mostly, __ro_after_init); keep the old ones",
				     "cannot tell a place in %s from one behind or before its neighbour %s: section %s is not laid out as it was",
				     to->name, neighbour->name, to->section->name);
	if (!to || to->carried || to->section->class == OM_CLASS_TABLE)
		return NULL;
	if (to->section->class == OM_CLASS_INIT)
		return om_refuse_one(t, om_where_off(from, off), "do not call init code from code that stays",
				     "refers to %s, which the kernel has freed (section %s)", to->name, to->section->name);
	return NULL;
}

/* A load can be made a read of the variable (runtime-const.h), but there is no shift by a variable of the same length. */
struct error *om_refuse_runtime_shift(struct om_target *t, const struct om_span *span)
{
	for (size_t i = 0; i < span->nr_entries; i++)
		if (span->entries[i].table->kind == OM_TABLE_RUNTIME_SHIFT)
			return om_refuse_one(t, om_where_off(span, span->entries[i].code_off),
					     "make the change in a function without it",
					     "the kernel writes a constant into this code at boot, and would not do so for the new one (section %s)",
					     span->entries[i].section->name);
	return NULL;
}

/* The note on objmanip/static-keys.h tells what would become of it. */
struct error *om_refuse_static_key(struct om_target *t, const struct om_span *span)
{
	const char *key;
	const struct om_entry *e = om_read_only_key(span, &key);

	if (!e)
		return NULL;
	return om_refuse_one(t, om_where_off(span, e->code_off),
			     "ask static_key_enabled() there, which needs no jump label, instead of static_branch_likely() and its like",
			     "a jump label by %s, which this kernel cannot have in a module: loading it would write into the key, and that was "
			     "made read-only when the kernel had booted", key);
}
