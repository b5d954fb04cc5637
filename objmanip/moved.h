/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions and data that are in another unit of the target after the diff.  What other units link to is what its name is, so a
 * function or variable goes on under the name wherever it is defined; so does the function by which the linker replaces a
 * weak one, or a weak one that comes into force.  What is static is paired when something that is the same before and after
 * has both in the same place.
 */
#ifndef OBJMANIP_MOVED_H
#define OBJMANIP_MOVED_H

#include "objmanip/linkage.h"

/* Sets twin across units. After om_correlate() and om_link() of all. */
struct error *om_moved_pair(struct om_target *t, const struct om_definitions *before, const struct om_definitions *post);
/* Functions and data that live on, and whose name or place another unit could have. */
bool om_moves(const struct om_span *span);
/* A variable, as far as it has a state that could be lost. */
bool om_is_variable(const struct om_span *span);
/* Whether @post was in another unit before. */
bool om_moved(const struct om_span *post);

#endif
