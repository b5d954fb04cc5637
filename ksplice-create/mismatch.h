/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Explains what the offline check found to be otherwise in the kernel: the line of the source, the instructions on both sides, and the
 * cause, where what is there tells one.
 */
#ifndef KSPLICE_CREATE_MISMATCH_H
#define KSPLICE_CREATE_MISMATCH_H

#include "ksplice-create/cause.h"
#include "ksplice-create/create.h"
#include "ksplice-create/offline.h"

/* One place where a function differs, for the review. */
struct mismatch {
	const struct om_span *pre;	/* borrowed */
	uint64_t addr;			/* of the function in the kernel */
	uint32_t pre_off, run_off;
	struct cause cause;
};

/* For struct offline_words; what is told goes to t->mismatches, too. */
void mismatch_tell(const struct create *c, struct target *t, FILE *out, const struct offline_place *place);
bool mismatch_conclude(const struct create *c, const struct target *t, FILE *out, const struct offline_seen *seen);
void mismatches_free(struct target *t);

#endif
