// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gas writes a reference to a local symbol as section plus offset.  -fdata-sections gives each object a section of its own, but
 * not one that has a section attribute: __read_mostly, __ro_after_init, per-CPU.  There the end of arr, as in
 *
 *	for (q = arr; q != arr + 4; q++)
 *
 * is written like the start of the object behind arr, and arr - 8, as in an array that is counted from 1, like a place in
 * the object before it.  As long as the objects lie in the kernel as they do here, both readings are the same
 * address.  When the diff puts a new variable between them they are not, and the compiler does not say which one it meant.
 */
#include "objmanip/neighbours.h"

#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/span.h"

/* Objects that macros make one by one, and that nobody counts through. */
static bool has_macro_objects(const struct om_section *sec)
{
	return !strcmp(sec->name, ".data.once") || !strcmp(sec->name, ".data..once") || !strcmp(sec->name, "__dyndbg");
}

static bool holds_objects(const struct om_section *sec)
{
	switch (sec->class) {
	case OM_CLASS_DATA:
	case OM_CLASS_PERCPU:
	case OM_CLASS_RODATA:
	case OM_CLASS_OTHER:
		/* Between listed strings are red zones: who is behind one is not yet at the next. */
		return sec->nr_spans > 1 && !has_macro_objects(sec) && !om_holds_listed_strings(sec);
	default:
		return false;
	}
}

/* The same objects at the same places, and none of them carried: the kernel's section is the pre object's. */
static bool same_layout(const struct om_section *pre, const struct om_section *post)
{
	if (!pre || pre->nr_spans != post->nr_spans)
		return false;
	for (size_t i = 0; i < post->nr_spans; i++) {
		const struct om_span *a = pre->spans[i], *b = post->spans[i];

		if (b->twin != a || b->carried || a->start != b->start || a->size != b->size)
			return false;
	}
	return true;
}

static struct om_section *pre_section(const struct om_target *t, const struct om_section *post)
{
	for (size_t i = 0; i < t->nr_units; i++)
		if (t->units[i].post == post->obj)
			return om_find_section(t->units[i].pre, post->name);
	return NULL;
}

/*
 * The field is all of the address that an instruction reads or writes, or leads to a pointer through which one does: then that lies in the object
 * that was meant.
 */
static bool is_access(const struct om_span *from, const struct om_reloc *rel)
{
	uint64_t off = rel->offset - from->start;

	if (om_reloc_upper(from->obj->arch, rel->type))
		return true;
	for (size_t i = 0; i < from->nr_insns; i++) {
		const struct om_insn *insn = &from->insns[i];

		if (off >= insn->off && off - insn->off < insn->len)
			return om_reloc_accesses(from, insn, rel) || (from->obj->arch->follows && from->obj->arch->follows(from, rel));
	}
	return false;
}

const struct om_span *om_doubtful_neighbour(const struct om_target *t, const struct om_span *from,
					    const struct om_entry *entry, const struct om_reloc *rel)
{
	const struct om_span *to = rel->target;
	const struct om_section *sec;

	/* Tables name the object itself: the key of a jump label, a static call. */
	if (!to || entry || rel->sym->type != STT_SECTION)
		return NULL;
	sec = to->section;
	if (!holds_objects(sec) || is_access(from, rel) || same_layout(pre_section(t, sec), sec))
		return NULL;
	for (size_t i = 1; i < sec->nr_spans; i++)
		if (sec->spans[i] == to)
			return sec->spans[i - 1];
	return sec->spans[1];
}
