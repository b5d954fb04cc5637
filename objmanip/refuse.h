/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cannot be spliced. */
#ifndef OBJMANIP_REFUSE_H
#define OBJMANIP_REFUSE_H

#include "objmanip/objmanip.h"

/* Lists in t->refusals all that cannot be spliced. After om_select(). */
struct error *om_refuse(struct om_target *t);

/* What a table points to, if that is a function and no place inside of one, or undefined here and perhaps one; else NULL. */
const char *om_held_function(const struct om_span *table);

/* "a variable", "a function", ... */
const char *om_kind_of(const struct om_span *span);

#endif
