/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that mean something else after the diff. */
#ifndef OBJMANIP_ALIASES_H
#define OBJMANIP_ALIASES_H

#include "objmanip/objmanip.h"

/*
 * Lists in t->refusals the names that other units see, and that were another name (an alias) of one function or object before
 * and are of another one after, or of none: what is not replaced goes on with what the name meant.  After om_select().
 */
struct error *om_aliases_refuse(struct om_target *t);

#endif
