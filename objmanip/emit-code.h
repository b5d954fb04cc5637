/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The code module's object while it is made, for the files that make it: emit-code.c places the carried spans, emit-refs.c writes
 * what they refer to and the table entries about them, emit-tables.c the tables for the core.
 */
#ifndef OBJMANIP_EMIT_CODE_H
#define OBJMANIP_EMIT_CODE_H

#include "objmanip/emit.h"
#include "objmanip/objmanip.h"

#define OM_STRINGS_SECTION ".rodata.ksplice_str"

/* Where a carried span went; in span->priv while the object is made. */
struct om_place {
	uint32_t section;
	uint64_t off;
	uint32_t symbol;	/* at exactly there, or 0 */
};

/* An entry of .toc: a pointer to @sym + @addend, at @off. */
struct om_toc_entry {
	uint32_t sym;
	int64_t addend;
	uint64_t off;
};

struct om_emit {
	struct om_target *t;
	struct om_out out;
	struct om_toc_entry *toc;
	size_t nr_toc;
	uint32_t *imports;	/* symbol of each of t->imports, 0: not made yet */
	struct om_span **strings;	/* those that were placed, to place none twice */
	size_t nr_strings;
};

/* NULL: not placed. */
static inline const struct om_place *om_place_of(const struct om_span *span)
{
	return span->priv;
}

/* emit-code.c: appends @size bytes (NULL: zeros, or nothing in a NOBITS section); returns where. */
uint64_t om_emit_append(struct om_emit *e, uint32_t section, const void *bytes, uint64_t size, uint64_t align);

/* emit-refs.c */
/* The undefined symbol for one of t->imports. */
uint32_t om_emit_import(struct om_emit *e, const struct om_import *imp);
/* The undefined symbol of a name of the core's own, or of what another target of the update offers, as it is. */
uint32_t om_emit_foreign(struct om_emit *e, const char *name);
/* The architecture's relocation for a pointer. */
uint32_t om_emit_pointer_reloc(const struct om_arch *arch);
/* Makes @rel, which is about something, one about a pointer to that in .toc, which is made if there is none yet. */
void om_emit_toc_entry(struct om_emit *e, struct om_out_reloc *rel);
/* Relocations of the placed @span, and the table entries about it with theirs. */
struct error *om_emit_references(struct om_emit *e, struct om_span *span);

/* emit-tables.c: struct ksplice_replacement and its like for all units; after everything is placed. */
struct error *om_emit_tables(struct om_emit *e);

#endif
