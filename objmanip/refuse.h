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

/*
 * Adds one refusal to t->refusals; whoever refuses does it with this.  Takes @where, NULL if there was no memory for it; @advice is
 * copied; @fmt gives the reason.  An error is want of memory alone.
 */
struct error *om_refuse_one(struct om_target *t, char *where, const char *advice, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Takes from t->refusals what other units might still take back. */
void om_refusals_keep_settled(struct om_target *t);

#endif
