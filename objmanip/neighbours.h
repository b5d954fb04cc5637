/* SPDX-License-Identifier: GPL-2.0-or-later */
/* References that may mean one object or its neighbour. */
#ifndef OBJMANIP_NEIGHBOURS_H
#define OBJMANIP_NEIGHBOURS_H

#include "objmanip/objmanip.h"

/*
 * The relocation of carried @from binds to rel->target because of where it points to, but may have been meant as a place behind
 * or before the object that is returned; the two are not side by side in the kernel as they are in the post object.
 * NULL: there is no doubt.
 */
const struct om_span *om_doubtful_neighbour(const struct om_target *t, const struct om_span *from,
					    const struct om_entry *entry, const struct om_reloc *rel);

#endif
