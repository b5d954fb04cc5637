/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On a machine where what is carried is compiled with flags of its own (carried_cflags of struct om_arch), post cannot be compared with
 * pre: the renumbered object stands in for it, the unpatched source compiled as post is.  Which of its spans stands for which of
 * pre's, names tell; and as functions and inlining are decided before these flags come into it, both have the same functions, and
 * these call the same ones.  Nothing promises that, so it is checked.
 */
#ifndef OBJMANIP_STAND_IN_H
#define OBJMANIP_STAND_IN_H

#include "objmanip/objmanip.h"

/* Sets stands_for of all spans of @unit->renumbered that pre has, too. */
struct error *om_stand_in_pair(struct om_unit *unit);
/*
 * Refuses what cannot be told because the two objects are not alike: a function that pre has otherwise, with the old code of a changed
 * function in it perhaps; a variable that pre does not have.  After om_select().
 */
struct error *om_stand_in_refuse(struct om_target *t);
/*
 * A span of the same section that matched code mentions, itself if it is one; NULL: there is none.  The kernel has the section as
 * pre does, so that the distance from one to the other is the same there.
 */
struct om_span *om_stand_in_mentioned(struct om_span *pre);

#endif
