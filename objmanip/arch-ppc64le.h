/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of ppc64le have from each other; for all others there is arch.h. */
#ifndef OBJMANIP_ARCH_PPC64LE_H
#define OBJMANIP_ARCH_PPC64LE_H

#include "objmanip/forms.h"
#include "objmanip/refuse-names.h"

#define OM_PPC_NOP		0x60000000u
/* A global entry that makes r2 of r12: "addis r2,r12,...; addi r2,r2,..."; with -mcmodel=large, "ld r2,-8(r12); add r2,r2,r12". */
#define OM_PPC_ADDIS_R2_R12	0x3c4c0000u
#define OM_PPC_ADDI_R2_R2	0x38420000u
#define OM_PPC_LD_R2_R12	0xe84cfff8u
#define OM_PPC_ADD_R2_R12	0x7c426214u
/* Where callers save their TOC pointer: ABI 2.2.2.1. */
#define OM_PPC_LD_R2_24_R1	0xe8410018u
#define OM_PPC_TOC		".TOC."
#define OM_PPC_TRACER		"_mcount"

/* What a relocation is, by its type. */
enum om_ppc_field {
	OM_PPC_DATA,		/* the whole of an address or distance */
	OM_PPC_BRANCH24,	/* bits of an instruction, which the relocation's offset is that of */
	OM_PPC_BRANCH14,
	OM_PPC_HIGH,		/* upper half of a distance from the TOC pointer, for sign-extended lower halves (@toc@ha) */
	OM_PPC_LOW,		/* lower half (@toc@l), and the same where the instruction has 14 bits for it */
	OM_PPC_LOW_DS,
	OM_PPC_PC_HIGH,		/* likewise, of a distance from the instruction with the upper half */
	OM_PPC_PC_LOW,
	OM_PPC_NEAR,		/* all of a distance from the TOC pointer, of 16 bits */
	OM_PPC_NEAR_DS,
	OM_PPC_ENTRY,		/* nothing: marks the entry of a function of -mcmodel=large, which may be written otherwise */
};
/* arch-ppc64le-relocs.c */
/* OM_PPC_DATA for what is not known, too. */
enum om_ppc_field om_ppc64le_field(uint32_t type);
/* .reloc_size and so on of struct om_arch */
unsigned om_ppc64le_reloc_size(uint32_t type);
bool om_ppc64le_reloc_pcrel(uint32_t type);
bool om_ppc64le_reloc_upper(uint32_t type);
int om_ppc64le_reloc_runpre(uint32_t type);
void om_ppc64le_clear_field(uint32_t type, uint8_t *field);

static inline uint32_t om_ppc64le_word(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* arch-ppc64le-refused.c */
extern const struct om_refused_name om_ppc64le_refused_functions[], om_ppc64le_refused_units[], om_ppc64le_refused_sections[];
const char *om_ppc64le_refused_assembly(const struct om_span *post, uint64_t *off);

/* arch-ppc64le-halves.c */
/*
 * The relocation with an upper half for the lower half that @low is, or NULL: there is none.  It is one with which the two make the address that
 * @low is about, whichever the instruction has in its register, since all with that object's upper half have the same.
 */
const struct om_reloc *om_ppc64le_high_of(const struct om_span *span, const struct om_reloc *low);
/* The first relocation of the span whose upper half must be that of @high: perhaps @high itself, of which nothing else tells then. */
const struct om_reloc *om_ppc64le_first_high(const struct om_span *span, const struct om_reloc *high);

/* Bytes from the function's global entry to its local one; 0: they are one. */
uint32_t om_ppc64le_local_entry(const struct om_span *span);

/* .follows of struct om_arch; arch-ppc64le-pointers.c */
bool om_ppc64le_follows(const struct om_span *span, const struct om_reloc *rel);

/* bclr without link: all of the target is in LR. */
static inline bool om_ppc64le_is_return(uint32_t word)
{
	return (word & 0xfc0007ffu) == 0x4c000020u;
}

/* emit-ppc64le.c: .wants_toc, .hook_from_carried, .emit_behind, .emit_begin, .emit_own and .emit_rest of struct om_arch */
struct om_emit;
bool om_ppc64le_hook_from_carried(const struct om_span *carried, const struct om_span *post);
bool om_ppc64le_returns_away(const struct om_span *span);
uint32_t om_ppc64le_emit_behind(struct om_emit *e, const struct om_span *span);
void om_ppc64le_emit_begin(struct om_emit *e);
bool om_ppc64le_emit_own(const struct om_emit *e, const struct om_span *span, const struct om_reloc *rel);
struct error *om_ppc64le_emit_rest(struct om_emit *e, struct om_span *span);

/* The code lies in a module: the target, or an update's. */
static inline bool om_ppc64le_in_module(const struct om_program *p)
{
	return p->span->obj->module || p->carried;
}

/*
 * The symbol in match data of the TOC pointer that the code has: the target's; or, as functions of one update may have been carried by
 * several others, that of one function.
 */
static inline uint32_t om_ppc64le_toc_symbol(struct om_program *p)
{
	if (p->carried)
		return om_match_own(p->mt, NULL, p->span->part_of ?: p->span);
	return om_match_extern(p->mt, OM_PPC_TOC, RUNPRE_SYM_TARGET | RUNPRE_SYM_PERCPU);
}

/* arch-ppc64le-stubs.c */
/* If the instruction *@at calls, or jumps to, what another unit of its module or none of the module has, writes the site and moves *@at behind it. */
bool om_ppc64le_stub_site(struct om_program *p, size_t *at);
/* The instruction's word, 0 if something is known of it: a relocation or an entry of a table. */
uint32_t om_ppc64le_plain_word(struct om_program *p, size_t at);
/* One more form: a call of the tracer @name in a module. */
void om_ppc64le_tracer_form(struct om_program *p, struct om_forms *forms, const char *name);

/* arch-ppc64le-pieces.c, of second programs */
/* The branch goes to another function, or to this one from its start, and is no call of the tracer. */
bool om_ppc64le_leaves(const struct om_program *p, const struct om_reloc *rel);
/* The call *@at of another function: writes the site and moves *@at behind it. ERROR_REFUSED: such code is not carried. */
struct error *om_ppc64le_piece_site(struct om_program *p, size_t *at);
/* If the instruction *@at returns from a function with a TOC pointer, likewise. */
bool om_ppc64le_return_site(struct om_program *p, size_t *at);

/* .site of struct om_arch; arch-ppc64le-sites.c */
struct error *om_ppc64le_site(struct om_program *p, size_t *insn, bool *found);

#endif
