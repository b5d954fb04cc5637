/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of refusals of a target, to which many files add. */
#ifndef OBJMANIP_REFUSALS_H
#define OBJMANIP_REFUSALS_H

#include "objmanip/elf.h"
#include "objmanip/objmanip.h"

/*
 * Adds one refusal to t->refusals; whoever refuses does it with this.  Takes @where, NULL if there was no memory for it; @advice is
 * copied; @fmt gives the reason.  An error is want of memory alone.
 */
struct error *om_refuse_one(struct om_target *t, char *where, const char *advice, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Where something is refused, owned by who takes it; NULL: no memory.  "fs/proc/base.o: foo" */
char *om_where_name(const struct om_obj *obj, const char *name);
char *om_where_span(const struct om_span *span);
/* "fs/proc/base.o: .text.foo+0x1c" */
char *om_where_off(const struct om_span *span, uint64_t off);

/* Takes from t->refusals what other units might still take back. */
void om_refusals_keep_settled(struct om_target *t);

#endif
