/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings and constants that the kernel has already.  New code that hands one of these to somebody who keeps the pointer
 * should hand out the kernel's, which is there for as long as its owner is, and not a copy that goes away with the update.
 */
#ifndef OBJMANIP_KEPT_H
#define OBJMANIP_KEPT_H

#include "objmanip/objmanip.h"

/* Code that can be running: not what is freed after boot, and not the trampolines that static_call_update() rewrites. */
bool om_is_matched(const struct om_span *pre);
/* Matched code that is found wherever it runs, and what it refers to with it: the relocation is in no alternative, either. */
bool om_is_matched_reloc(const struct om_span *span, const struct om_reloc *rel);
/*
 * Finds the strings and constants of all pre objects that matched code refers to, so that their addresses become known in any
 * kernel that matches, and their bytes are compared: sets their .known.
 */
void om_mark_known(struct om_target *t);
/* The known string or constant of the same unit's pre object with the content of @post, or NULL: new code needs a copy. */
struct om_span *om_kept(const struct om_target *t, struct om_span *post);
/* The known string or constant of @pre with that content, or NULL. */
struct om_span *om_known_in(struct om_obj *pre, const struct om_span *span);

#endif
