/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What units say of themselves when they are preprocessed: their types, their functions' prototypes, what they do with some members. */
#ifndef KSPLICE_CREATE_FACTS_H
#define KSPLICE_CREATE_FACTS_H

#include "ksplice-create/create.h"

/* What a source can be asked for, as a list of lines: source_types(), prototypes_of(), renamed_uses() of what stands behind the "=". */
#define FACTS_TYPES "--source-types"
#define FACTS_PROTOTYPES "--source-prototypes"
#define FACTS_USES "--source-uses="
/* In place of these: the unit's source could not be looked at. */
#define FACTS_UNKNOWN "?"

/*
 * @what of each of @pre_units, C files, before the diff, and of @post_units after it: added to @pre and @post in this order;
 * or FACTS_UNKNOWN.  A unit that is called "" is none, and has no lines.  The view must be unpatched, and is afterwards.
 */
struct error *facts_of_units(struct create *c, const char *what, const struct strv *pre_units, const struct strv *post_units,
			     struct strv *pre, struct strv *post);

#endif
