/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the carried post code of a target needs from the running kernel, and the name under which the core will
 * publish each.  Made once by om_target_diff() (om_imports_make); the match data asks the core to publish them, the code
 * module has them as undefined symbols.
 */
#ifndef OBJMANIP_SYMBOLS_H
#define OBJMANIP_SYMBOLS_H

#include "objmanip/objmanip.h"

struct om_import {
	char *publish;		/* "ks:3fb1x9q0:vmlinux:17:seq_puts"; unique over all updates; owned */
	const char *name;	/* in the kernel's symbol table; "" when it has none (a string, a constant) */
	struct om_span *pre;	/* the pre span that it stands for; NULL: the unit has it undefined, name is all we know */
	/* What it is found by, if matched code does not mention @pre itself: it lies @distance bytes before that in the section; or NULL. */
	struct om_span *neighbour;
	int64_t distance;
	struct om_obj *pre_obj;	/* the pre object of the unit that asked first: its undefined symbol of that name, if
				 * it has one, is matched together with the rest of that unit */
	bool root;		/* a function pointer to a replaced function: RUNPRE_SYM_ROOT */
	bool hooked;		/* wanted as ksplice_replacement.old, the entry that is hooked; never together with root */
	bool percpu;		/* the pre span, or every use, is per-CPU */
};

/*
 * Whether a name is the core's own (kmodsrc/ksplice.h, ksplice-patch.h).  It is published under that name for as long as the core
 * is there, so carried code refers to it as it is and the match data need not find it.
 */
bool om_is_core_name(const char *name);

struct error *om_imports_make(struct om_target *t);
void om_imports_free(struct om_target *t);
/*
 * The import for a relocation of carried span @from, or NULL if it is met inside the code module (the target is carried
 * itself, in this unit or another).
 */
const struct om_import *om_import_of(const struct om_target *t, const struct om_span *from, const struct om_reloc *rel);
/* The import of what only a name tells, for code: no pointer; or NULL. */
const struct om_import *om_import_named(const struct om_target *t, const char *name);
/* The import for the hook of the replaced function whose post span is @post. */
const struct om_import *om_import_hooked(const struct om_target *t, const struct om_span *post);

#endif
