// SPDX-License-Identifier: GPL-2.0-or-later
/* What ppc64le code does with a pointer that it loads from its TOC. */
#include "objmanip/arch-ppc64le.h"

#include "objmanip/arch.h"

static uint32_t field(uint32_t word, unsigned shift)
{
	return word >> shift & 31;
}

/* Loads and stores with a distance in them: Power ISA 3.1, appendix D; not those of several registers. */
static bool has_distance(uint32_t word, int64_t *ret)
{
	uint32_t opcode = word >> 26;

	*ret = (int16_t)(word & (opcode < 56 ? 0xffff : 0xfffc));
	return (opcode >= 32 && opcode < 56 && opcode != 46 && opcode != 47) || opcode == 58 || opcode == 62;
}

/* It may read or write the register: any field that could be one counts for one, but bits of a number. */
static bool mentions(uint32_t word, uint32_t reg)
{
	uint32_t opcode = word >> 26;
	bool number = (opcode >= 7 && opcode < 16) || (opcode >= 24 && opcode < 30) || (opcode >= 32 && opcode < 56);

	return field(word, 21) == reg || field(word, 16) == reg || (!number && field(word, 11) == reg);
}

/* It may go elsewhere for good, or come back with other registers: all but a branch on a condition that calls nothing. */
static bool leaves(uint32_t word)
{
	uint32_t opcode = word >> 26;

	return opcode == 17 || opcode == 18 || opcode == 19 || (opcode == 16 && word & 1);
}

/*
 * On the way that does not branch, until something else may be done with the register.  Who reads through a pointer to the end of an object, or to
 * a place before one, reads at another distance: so the object that is read is the one that the pointer is about.
 */
bool om_ppc64le_follows(const struct om_span *span, const struct om_reloc *rel)
{
	const uint8_t *code = om_bytes(span);
	uint64_t off = rel->offset - span->start;
	uint32_t reg = off + 4 <= span->size ? field(om_ppc64le_word(code + off), 21) : 0;
	int64_t distance;

	if (!rel->via_toc || !rel->target || !reg || om_ppc64le_field(rel->type) != OM_PPC_LOW_DS)
		return false;
	for (off += 4; off + 4 <= span->size; off += 4) {
		uint32_t word = om_ppc64le_word(code + off);

		if (has_distance(word, &distance) && field(word, 16) == reg)
			return rel->target_off + distance >= 0 && rel->target_off + distance < (int64_t)rel->target->size;
		if (leaves(word) || (word >> 26 != 16 && mentions(word, reg)))
			return false;
	}
	return false;
}
