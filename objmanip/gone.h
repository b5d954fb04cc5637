/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that the diff removes, and that may run all the same. */
#ifndef OBJMANIP_GONE_H
#define OBJMANIP_GONE_H

#include "objmanip/objmanip.h"

/* A function of pre that is gone from post and may still be called, and one that it calls, which is replaced. */
struct om_gone_call {
	const struct om_span *from, *to;	/* in pre objects */
};

/* All of them, *ret to be freed by the caller.  After om_select(). */
struct error *om_gone_calls(const struct om_target *t, struct om_gone_call **ret, size_t *nr);
/* Whether pre function @from, or a part of it, calls @to by its name. */
bool om_calls(const struct om_target *t, const struct om_span *from, const struct om_span *to);
/*
 * Refuses those of clones (foo.isra.0): what arguments these take is the compiler's choice, for the callers that it sees.  And
 * those that may know which registers a static function leaves alone.
 * Whether other functions are called in the same way as before, only the source tells.
 */
struct error *om_gone_refuse(struct om_target *t);

#endif
