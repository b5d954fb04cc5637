/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bits of the kernel's memory that are turned over, one at a time: does the matcher find each? */
#ifndef TESTS_MATCH_FLIPS_H
#define TESTS_MATCH_FLIPS_H

#include <jansson.h>
#include <stdint.h>

#include "ksplice-create/offline.h"

/* What became of the flips of one unit. */
struct flips {
	uint64_t tried;
	uint64_t differs;	/* the function itself is another one, whatever else is known */
	uint64_t conflict;	/* the unit as a whole does not match */
	uint64_t equal;		/* leads to another place with the same string or constant: ld merges them, so any such place could be meant */
	uint64_t elsewhere;	/* matches, but with another symbol or span at another address than without the flip */
	uint64_t unseen;	/* matches as without it */
	json_t *unseen_list;	/* of the last two: {"function", "run_off", "bit", "site", "what"}; the caller's */
};

/*
 * Turns over about one of @one_in bits of the code that @seen matched, each alone, and matches again.  *@seed goes on.  Only functions
 * that must match count.  False: out of memory.
 */
bool flips_run(const struct offline_seen *seen, uint64_t one_in, uint64_t *seed, struct flips *ret);

#endif
