/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is carried. */
#ifndef OBJMANIP_SELECT_H
#define OBJMANIP_SELECT_H

#include "objmanip/objmanip.h"

/*
 * Decides what goes into the code module: changed functions, and whatever new or copied things they need.  Sets
 * carried; may mark further functions as changed.  After om_compare() of all units.
 */
struct error *om_select(struct om_target *t);
/* A function that the update replaces: it is hooked. */
bool om_replaced(const struct om_span *post);
/* The span that global @name is defined by in the post (or pre) object of another unit than @obj, or NULL. */
struct om_span *om_defined_elsewhere(const struct om_target *t, const struct om_obj *obj, const char *name, bool post);

#endif
