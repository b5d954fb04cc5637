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

#endif
