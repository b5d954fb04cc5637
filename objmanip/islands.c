// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Functions of a .S file lie side by side in one section, and the assembler jumps from one to the next in two bytes (copy_user_64.S,
 * getuser.S).  A carried function has other neighbours.  Its short jumps go to islands: jumps of full reach, put beside
 * it.  A short jump that left the function is near its edge, so there is nearly always room.
 */
#include "objmanip/islands.h"

#include "objmanip/arch.h"

bool om_short_jump(const struct om_span *span, const struct om_reloc *rel)
{
	return rel->target && span->obj->arch->reloc_size(rel->type) == 1;
}

static bool same_place(const struct om_reloc *a, const struct om_reloc *b)
{
	return a->target == b->target && a->target_off == b->target_off;
}

const struct om_island *om_island_of(const struct om_islands *islands, const struct om_reloc *rel)
{
	for (unsigned i = 0; i < islands->nr; i++)
		if (same_place(islands->list[i].rel, rel))
			return &islands->list[i];
	return NULL;
}

static bool add(const struct om_span *span, const struct om_reloc *rel, struct om_islands *ret)
{
	int64_t dest = (int64_t)rel->target->start + rel->target_off - (int64_t)span->start;
	unsigned len = span->obj->arch->far_jump_len;
	struct om_island *island = &ret->list[ret->nr];

	if (ret->nr == OM_MAX_ISLANDS)
		return false;
	island->rel = rel;
	if (dest < 0) {
		ret->before += len;
		island->off = -(int64_t)(ret->before + span->pad);
	} else {
		island->off = span->size + ret->behind;
		ret->behind += len;
	}
	ret->nr++;
	return true;
}

bool om_islands_plan(const struct om_span *span, struct om_islands *ret)
{
	*ret = (struct om_islands){ 0 };
	om_for_each_reloc(rel, span) {
		const struct om_island *island;
		int64_t distance;

		if (!om_short_jump(span, rel))
			continue;
		if (!om_island_of(ret, rel) && !add(span, rel, ret))
			return false;
		island = om_island_of(ret, rel);
		distance = island->off - (int64_t)(rel->offset - span->start + 1);
		if (distance < INT8_MIN || distance > INT8_MAX)
			return false;
	}
	return true;
}
