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
 * Whether each span of @unit->renumbered is one of @unit->pre: the same names in the same order.  It is not where a line
 * number decides what is compiled, as "#if __LINE__ > 100" does.
 */
bool om_same_shape(const struct om_unit *unit);
/* After comparison with the renumbered object: makes twins and verdicts those of pre. Needs the same shape. */
void om_renumbered_settle(struct om_unit *unit);

#endif
