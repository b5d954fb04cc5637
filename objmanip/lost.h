/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Things that one unit loses and another gains, where the running kernel would go on with the old one: names that mean something
 * else after the diff, and functions and data that seem to have moved, of which nothing proves it (moved.h).
 */
#ifndef OBJMANIP_LOST_H
#define OBJMANIP_LOST_H

#include "objmanip/objmanip.h"

/* A name about which units decide that the diff does not reach. */
struct om_doubt {
	enum om_doubt_kind {
		OM_DOUBT_TAKEN,	/* it is defined newly; is there a weak one already, which runs? */
		OM_DOUBT_LEFT,	/* its definition is gone; is there a weak one, which would run now? */
		OM_DOUBT_WEAK,	/* a weak one is carried; is there another, which runs instead? */
	} kind;
	const struct om_span *span;	/* that has the name; post, or pre if it is left */
	const char *name;
};

/* Lists in t->refusals what is lost inside of the target, and in t->doubts what cannot be known here. After om_select(). */
struct error *om_lost_refuse(struct om_target *t);
/* Of all targets of an update, what one loses and another gains.  After om_target_diff() of each. */
struct error *om_lost_between(struct om_target *const *targets, size_t nr);
/* Notes weak functions that changed, and do not run. */
struct error *om_overridden_note(struct om_target *t);

#endif
