/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the author of a diff says in it with kmodsrc/ksplice-patch.h: declarations about data and init code, and the author's
 * hooks. */
#ifndef OBJMANIP_AUTHOR_H
#define OBJMANIP_AUTHOR_H

#include "objmanip/objmanip.h"

/* A function that is to run when the update is applied or undone. */
struct om_author_hook {
	struct om_span *record;	/* in the post object */
	struct om_span *fn;	/* NULL: the record names no function of its unit; om_author_refuse() says so */
	uint32_t phase;		/* enum ksplice_phase */
	uint32_t line;
};

/* Marks what new declarations of the post object are about; after correlation, before comparison. */
void om_declarations_read(struct om_unit *unit);
/* Whether the contents of an existing object are replaced where it is. @post, after comparison. */
bool om_in_place(const struct om_span *post);
/* Collects the author's new hooks of all units in t->author_hooks, in the order in which they run; after comparison. */
struct error *om_author_hooks_read(struct om_target *t);
/* "post_apply"; @phase as in a hook that was read. */
const char *om_phase_name(uint32_t phase);
/* Refuses author's hooks and declarations that cannot be met; after selection. */
struct error *om_author_refuse(struct om_target *t);

#endif
