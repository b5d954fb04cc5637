// SPDX-License-Identifier: GPL-2.0-or-later
/* Which upper and which lower halves make one address on ppc64le: relocations do not tell. */
#include "objmanip/arch-ppc64le.h"

#include "objmanip/arch.h"

/* The instruction that has the field, 0: the field is not where one begins. */
static uint32_t word_with(const struct om_span *span, const struct om_reloc *rel)
{
	uint64_t off = rel->offset - span->start;

	return off % 4 || span->size - off < 4 ? 0 : om_ppc64le_word(om_bytes(span) + off);
}

static uint32_t base_register(const struct om_span *span, const struct om_reloc *rel)
{
	return word_with(span, rel) >> 16 & 31;
}

static uint32_t target_register(const struct om_span *span, const struct om_reloc *rel)
{
	return word_with(span, rel) >> 21 & 31;
}

static bool same_object(const struct om_reloc *a, const struct om_reloc *b)
{
	return a->via_toc == b->via_toc && a->target == b->target && (a->target || a->sym == b->sym);
}

/* The nearest place of the object, from which the lower half is counted; @same_register: by the instruction's own register alone. */
static const struct om_reloc *nearest(const struct om_span *span, const struct om_reloc *low, bool same_register)
{
	const struct om_reloc *best = NULL;

	om_for_each_reloc(rel, span)
		if (om_ppc64le_field(rel->type) == OM_PPC_HIGH && same_object(rel, low) && rel->target_off <= low->target_off &&
		    (!same_register || target_register(span, rel) == base_register(span, low)) &&
		    (!best || rel->target_off > best->target_off))
			best = rel;
	return best;
}

/*
 * The compiler takes the lower half of a place in an object with the upper half of that place, or of one a few bytes before it which
 * its alignment says to have the same upper half (rs6000_emit_move() of gcc).  It may copy the register with the upper half
 * first (oops_end() of 6.1).
 */
const struct om_reloc *om_ppc64le_high_of(const struct om_span *span, const struct om_reloc *low)
{
	if (om_ppc64le_field(low->type) != OM_PPC_PC_LOW)
		return nearest(span, low, true) ?: nearest(span, low, false);
	om_for_each_reloc(rel, span)
		if (om_ppc64le_field(rel->type) == OM_PPC_PC_HIGH && same_object(rel, low) &&
		    rel->target_off + (int64_t)(low->offset - rel->offset) == low->target_off)
			return rel;
	return NULL;
}

/* The first with the same upper half of the same place. */
static const struct om_reloc *first_of(const struct om_span *span, const struct om_reloc *high)
{
	om_for_each_reloc(rel, span)
		if (om_ppc64le_field(rel->type) == OM_PPC_HIGH && same_object(rel, high) && rel->target_off == high->target_off)
			return rel;
	return high;
}

/*
 * What a lower half may be counted from must be what that one is compared by.  Where there is none, nothing reads the register: gcc leaves such
 * instructions behind for operands of assembler code (netstamp_clear() of 6.1).
 */
const struct om_reloc *om_ppc64le_first_high(const struct om_span *span, const struct om_reloc *high)
{
	const struct om_reloc *found = NULL;

	om_for_each_reloc(low, span) {
		enum om_ppc_field field = om_ppc64le_field(low->type);

		if ((field != OM_PPC_LOW && field != OM_PPC_LOW_DS) || !same_object(low, high) || low->target_off < high->target_off)
			continue;
		found = om_ppc64le_high_of(span, low);
		if (found && found->target_off == high->target_off)
			break;
	}
	return first_of(span, found ?: high);
}
