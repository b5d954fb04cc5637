/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The relocations that make up a span, its table entries included, and who refers to whom. */
#ifndef OBJMANIP_REFS_H
#define OBJMANIP_REFS_H

#include "objmanip/elf.h"

/* The relocations inside of a table entry, a slice of its section's; returns how many. */
size_t om_entry_relocs(const struct om_entry *entry, struct om_reloc **first);

/* @entry: NULL for the span's own relocations. */
typedef struct error *(*om_reloc_fn)(struct om_span *span, const struct om_entry *entry, struct om_reloc *rel, void *ctx);
/* Calls @fn for every relocation of the span and of its table entries, until one fails. */
struct error *om_walk_relocs(struct om_span *span, om_reloc_fn fn, void *ctx);

/* Whether a relocation of @from makes an address, which somebody may keep, and is no call or jump. */
bool om_is_pointer(const struct om_span *from, const struct om_reloc *rel);

struct om_ref {
	struct om_span *to, *from;
};

/* All references of an object but those of a span to itself. */
struct om_refs {
	struct om_ref *list;	/* by (to, position of from in the object) */
	size_t nr;
};

struct error *om_refs_make(struct om_obj *obj, struct om_refs *ret);
void om_refs_free(struct om_refs *refs);
/* The references to @to, each referring span once; returns how many. */
size_t om_refs_to(const struct om_refs *refs, const struct om_span *to, struct om_ref **first);

#endif
