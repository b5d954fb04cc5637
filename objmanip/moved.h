/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Things that one unit loses and another gains. */
#ifndef OBJMANIP_MOVED_H
#define OBJMANIP_MOVED_H

#include "objmanip/objmanip.h"

/*
 * Lists in t->refusals the variables that would be carried as new, with their initial values, though another unit loses one of
 * that name: the same variable, which lives on, in another file now.  After om_select().
 */
struct error *om_moved_refuse(struct om_target *t);

#endif
