/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Line numbers are in warnings, in strings, in records of sanitizers, and every line added above them moves them.  So that
 * this is no change, post is compared with a third object instead of pre: the unpatched source compiled with the line
 * numbers that its lines have in the patched one.  What differs between pre and that object are line numbers, and nothing
 * else; what differs between it and post is what the diff changes.
 */
#ifndef OBJMANIP_RENUMBERED_H
#define OBJMANIP_RENUMBERED_H

#include "objmanip/objmanip.h"

/*
 * Finds what each span of @unit->renumbered stands for in pre: the same names in the same order.  *@usable is false where it is not so, as a
 * line number decides what is compiled ("#if __LINE__ > 100").  On machines with carried_cflags, see stand-in.h.
 */
struct error *om_renumbered_pair(struct om_unit *unit, bool *usable);
/* After comparison with the renumbered object: makes twins and verdicts those of pre. */
void om_renumbered_settle(struct om_unit *unit);

#endif
