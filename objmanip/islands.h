/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short jumps of a .S file from one function to another, when only one of the two is carried. */
#ifndef OBJMANIP_ISLANDS_H
#define OBJMANIP_ISLANDS_H

#include "objmanip/elf.h"

#define OM_MAX_ISLANDS 25	/* more are not within reach of a short jump */

/* A jump of full reach before the function (and its padding) or behind it, to which its short jumps go instead. */
struct om_island {
	const struct om_reloc *rel;	/* says where it leads */
	int64_t off;			/* from the function's start; below 0: before it */
};

struct om_islands {
	struct om_island list[OM_MAX_ISLANDS];
	unsigned nr;
	uint32_t before, behind;	/* bytes that they take */
};

/* The relocation is the field of a short jump out of its function. */
bool om_short_jump(const struct om_span *span, const struct om_reloc *rel);
/* False: one of its short jumps would not reach an island. */
bool om_islands_plan(const struct om_span *span, struct om_islands *ret);
/* The island for this short jump. */
const struct om_island *om_island_of(const struct om_islands *islands, const struct om_reloc *rel);

#endif
