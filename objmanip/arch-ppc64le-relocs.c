// SPDX-License-Identifier: GPL-2.0-or-later
/* Relocations of ppc64le: the 64-bit ELF V2 ABI specification (1.5, 3.5.3). */
#include "objmanip/arch-ppc64le.h"

#include <string.h>

#include "objmanip/arch.h"

/* elf.h of glibc 2.36 ends before them. */
#ifndef R_PPC64_REL24_NOTOC
#define R_PPC64_REL24_NOTOC 116
#endif
#ifndef R_PPC64_ENTRY
#define R_PPC64_ENTRY 118
#endif

static const struct {
	uint32_t type;
	uint8_t size;
	bool pcrel;
	enum om_ppc_field field;
	int runpre;	/* of data */
} relocs[] = {
	{ R_PPC64_ADDR64, 8, false, OM_PPC_DATA, RUNPRE_REL_ABS64 },
	{ R_PPC64_ADDR32, 4, false, OM_PPC_DATA, RUNPRE_REL_ABS32 },
	{ R_PPC64_REL32, 4, true, OM_PPC_DATA, RUNPRE_REL_PC32 },
	{ R_PPC64_REL64, 8, true, OM_PPC_DATA, RUNPRE_REL_PC64 },
	{ R_PPC64_REL24, 4, true, OM_PPC_BRANCH24, 0 },
	{ R_PPC64_REL24_NOTOC, 4, true, OM_PPC_BRANCH24, 0 },
	{ R_PPC64_REL14, 4, true, OM_PPC_BRANCH14, 0 },
	{ R_PPC64_TOC16_HA, 2, false, OM_PPC_HIGH, 0 },
	{ R_PPC64_TOC16_LO, 2, false, OM_PPC_LOW, 0 },
	{ R_PPC64_TOC16_LO_DS, 2, false, OM_PPC_LOW_DS, 0 },
	{ R_PPC64_TOC16, 2, false, OM_PPC_NEAR, 0 },
	{ R_PPC64_TOC16_DS, 2, false, OM_PPC_NEAR_DS, 0 },
	{ R_PPC64_ENTRY, 4, false, OM_PPC_ENTRY, 0 },
	{ R_PPC64_REL16_HA, 2, true, OM_PPC_PC_HIGH, 0 },
	{ R_PPC64_REL16_LO, 2, true, OM_PPC_PC_LOW, 0 },
};

static int row(uint32_t type)
{
	for (size_t i = 0; i < sizeof(relocs) / sizeof(relocs[0]); i++)
		if (relocs[i].type == type)
			return i;
	return -1;
}

unsigned om_ppc64le_reloc_size(uint32_t type)
{
	return row(type) < 0 ? 0 : relocs[row(type)].size;
}

bool om_ppc64le_reloc_pcrel(uint32_t type)
{
	return row(type) >= 0 && relocs[row(type)].pcrel;
}

bool om_ppc64le_reloc_upper(uint32_t type)
{
	return om_ppc64le_field(type) == OM_PPC_HIGH || om_ppc64le_field(type) == OM_PPC_PC_HIGH;
}

enum om_ppc_field om_ppc64le_field(uint32_t type)
{
	return row(type) < 0 ? OM_PPC_DATA : relocs[row(type)].field;
}

/* Those of instructions have ops of their own, and each is a kind of field of its own. */
int om_ppc64le_reloc_runpre(uint32_t type)
{
	int i = row(type);

	if (i < 0)
		return -1;
	return relocs[i].field == OM_PPC_DATA ? relocs[i].runpre : RUNPRE_REL_MAX + i;
}

void om_ppc64le_clear_field(uint32_t type, uint8_t *field)
{
	switch (om_ppc64le_field(type)) {
	case OM_PPC_BRANCH24:
		field[0] &= 3;
		field[1] = field[2] = 0;
		field[3] &= 0xfc;
		return;
	case OM_PPC_BRANCH14:
	case OM_PPC_LOW_DS:
	case OM_PPC_NEAR_DS:
		field[0] &= 3;
		field[1] = 0;
		return;
	case OM_PPC_ENTRY:
		return;
	default:
		memset(field, 0, om_ppc64le_reloc_size(type));
	}
}
