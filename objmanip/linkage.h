/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a name means once the units of a target are linked: of a weak and a strong definition the strong one, in whichever unit.
 * Sets symbol->meant and span->overridden.
 */
#ifndef OBJMANIP_LINKAGE_H
#define OBJMANIP_LINKAGE_H

#include "objmanip/objmanip.h"

/* A definition that other units can link to. */
struct om_definition {
	struct om_symbol *sym;	/* in a span */
	size_t unit;		/* number in the target */
};

/* All definitions of the objects of one side, by name; of one name the strong ones first. */
struct om_definitions {
	struct om_definition *list;
	size_t nr;
};

enum om_side {
	OM_SIDE_PRE,
	OM_SIDE_BEFORE,		/* om_unit_before(): what post is compared with */
	OM_SIDE_POST,
};

struct om_obj *om_side_obj(const struct om_unit *unit, enum om_side side);

struct error *om_definitions_read(const struct om_target *t, enum om_side side, struct om_definitions *ret);
void om_definitions_free(struct om_definitions *d);
/* The definitions of @name; returns how many. */
size_t om_definitions_of(const struct om_definitions *d, const char *name, struct om_definition **first);
/* What the linker takes of the @nr definitions of one name; NULL: several are weak, and their order decides, or there is none. */
struct om_symbol *om_definition_taken(const struct om_definition *first, size_t nr);

/* Sets what the names of one side mean. @before: what is defined before the diff, NULL when that is what is linked. */
void om_link(struct om_target *t, enum om_side side, const struct om_definitions *d, const struct om_definitions *before);

/*
 * The span that a relocation means, by the linker's choice, and the place in it; NULL: it is outside of the target's units.
 * Differs from rel->target where a name is defined in another unit.
 */
struct om_span *om_meant(const struct om_reloc *rel, int64_t *off);

#endif
