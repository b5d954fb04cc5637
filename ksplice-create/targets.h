/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Units grouped by what they belong to, compared, and turned into match data and carried code by objmanip. */
#ifndef KSPLICE_CREATE_TARGETS_H
#define KSPLICE_CREATE_TARGETS_H

#include "ksplice-create/create.h"

/*
 * From c->units to c->targets, compared; those without changes are left out.  ERROR_NO_CHANGE: all were; ERROR_REFUSED: the
 * reasons are in the om_target's refusals.
 */
struct error *targets_diff(struct create *c);
/*
 * The same of the units that are there so far, only to see whether they are refused for what other units cannot take back: layouts
 * that change, and refusals that are settled (struct om_refusal).  Then *@refusal is an ERROR_REFUSED, owned by the caller, with those
 * reasons as above; else it stays NULL.
 */
struct error *targets_check_settled(struct create *c, struct error **refusal);
/* Writes match data and carried code of all targets to ws->update, which is emptied before. */
struct error *targets_emit(struct create *c);
/* The offline check, where there is an image to check against. */
struct error *targets_check(struct create *c);
/* The target that the unit belongs to; NULL: none, or left out. */
struct om_target *targets_of_unit(const struct create *c, const char *unit);
void targets_free(struct create *c);

#endif
