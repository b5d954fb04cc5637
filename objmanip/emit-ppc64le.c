// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Carried code of ppc64le: how it gets along with a TOC pointer of its own (docs/ppc64le.md).  It is compiled as code of modules is, so
 * the module loader does the most (arch/powerpc/kernel/module_64.c, 6.1); what is left are returns to callers in the
 * target, calls of functions that return so, and entries, which are made as the loader would.
 */
#include "objmanip/arch-ppc64le.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/emit-code.h"
#include "objmanip/linkage.h"
#include "objmanip/select.h"
#include "objmanip/symbols.h"

#define STD_R2_24_R1	0xf8410018u	/* where callers save their TOC pointer: ABI 2.2.2.1 */
#define LD_R2_R2	0xe8420000u
#define LD_R12_R2	0xe9820000u
#define MTCTR_R12	0x7d8903a6u
#define BCTR		0x4e800420u
#define B		0x48000000u
#define BLR		0x4e800020u
#define LINK		1u
#define BCL_NEXT	0x429f0005u	/* bcl 20,31,$+4: LR is the next instruction's address, and no branch predictor takes it for a call */
#define MFLR_R11	0x7d6802a6u
#define MTLR_R11	0x7d6803a6u
#define MFLR_R12	0x7d8802a6u
#define ADDIS_R12_R12	0x3d8c0000u
#define LD_R12_R12	0xe98c0000u

static uint32_t word_at(const struct om_span *span, uint64_t off)
{
	return off + 4 <= span->size ? om_ppc64le_word(om_bytes(span) + off) : 0;
}

/* The function that it is, or is a part of. */
static const struct om_span *whole(const struct om_span *span)
{
	return span->part_of ?: span;
}

/* It returns to the target with another TOC pointer than it was called with, if nothing is done about it. */
bool om_ppc64le_returns_away(const struct om_span *span)
{
	const struct om_span *f = whole(span);

	return span->section->class == OM_CLASS_TEXT && om_replaced(f) && om_ppc64le_local_entry(f);
}

/* At the hook, r2 is what the carried function has set up, if it has. */
bool om_ppc64le_hook_from_carried(const struct om_span *carried, const struct om_span *post)
{
	return !om_ppc64le_local_entry(carried) || om_ppc64le_returns_away(post);
}

static bool is_call(const struct om_span *span, const struct om_reloc *rel)
{
	return om_ppc64le_field(rel->type) == OM_PPC_BRANCH24 && word_at(span, rel->offset - span->start) & LINK;
}

/*
 * The function of the update's that is called, in whichever unit, or NULL.  What is replaced comes back with the target's TOC pointer, and so does
 * what is new when a later update has replaced it.
 */
static const struct om_span *calls_carried(const struct om_emit *e, const struct om_span *span, const struct om_reloc *rel)
{
	int64_t off;
	const struct om_span *to = om_meant(rel, &off);

	return is_call(span, rel) && to && to->carried && !off && !to->part_of && !om_import_of(e->t, span, rel) ? to : NULL;
}

/*
 * The module loader's stub for a call of the kernel has six instructions, as it may lie far from r2 (ppc64_stub_insns).  Ours has four: pointers
 * to imports come first in .toc, and of that the first 64 KiB are in reach of r2 (my_r2()).
 */
#define NEAR_ENTRIES 8000

static bool imports_are_near(const struct om_emit *e)
{
	return e->t->nr_imports <= NEAR_ENTRIES;
}

static void put_near(struct om_emit *e, const struct om_import *imp)
{
	struct om_out_reloc entry = { .addend = imp->distance };

	if (imp->hooked)
		return;
	entry.sym = om_emit_import(e, imp);
	om_emit_toc_entry(e, &entry);
}

/* What returns load must be near whatever else is (put_returns()). */
void om_ppc64le_emit_begin(struct om_emit *e)
{
	const struct om_import *toc = om_import_named(e->t, OM_PPC_TOC);

	if (toc)
		put_near(e, toc);
	for (size_t i = 0; i < e->t->nr_imports && imports_are_near(e); i++)
		put_near(e, &e->t->imports[i]);
}

/* What of the kernel is called, or NULL. */
static const struct om_import *calls_kernel(const struct om_emit *e, const struct om_span *span, const struct om_reloc *rel)
{
	const struct om_import *imp = NULL;

	if (span->section->class == OM_CLASS_TEXT && is_call(span, rel) && !(rel->target ? rel->target_off : rel->addend))
		imp = om_import_of(e->t, span, rel);
	return imp && !imp->distance && imports_are_near(e) ? imp : NULL;
}

/*
 * Assembler code has no TOC pointer of its own (om_ppc64le_refused_assembly()), nor a nop behind its calls.  But whoever carried code calls comes
 * back with the target's TOC pointer, or leaves r2 alone, as it does itself: so all calls, and jumps as well, go by a piece that needs none.
 */
static bool is_assembly(const struct om_span *span)
{
	return span->obj->assembly && span->section->class == OM_CLASS_TEXT;
}

/* The function of the update's that a call or jump out of assembler code goes to, or NULL. */
static const struct om_span *assembly_reaches_carried(const struct om_emit *e, const struct om_span *span, const struct om_reloc *rel)
{
	int64_t off;
	const struct om_span *to = om_meant(rel, &off);

	return to && to->carried && !off && !om_import_of(e->t, span, rel) ? to : NULL;
}

static const void *reached_by_assembly(const struct om_emit *e, const struct om_span *span, const struct om_reloc *rel)
{
	if (om_ppc64le_field(rel->type) != OM_PPC_BRANCH24 || rel->target == span)
		return NULL;
	return assembly_reaches_carried(e, span, rel) ?: (const void *)om_import_of(e->t, span, rel);
}

/* The span or import that is called by way of a piece behind the function, or NULL. */
static const void *called_by_piece(const struct om_emit *e, const struct om_span *span, const struct om_reloc *rel)
{
	if (is_assembly(span))
		return reached_by_assembly(e, span, rel);
	return calls_carried(e, span, rel) ?: (const void *)calls_kernel(e, span, rel);
}

bool om_ppc64le_emit_own(const struct om_emit *e, const struct om_span *span, const struct om_reloc *rel)
{
	return om_ppc64le_field(rel->type) == OM_PPC_ENTRY || called_by_piece(e, span, rel);
}

#define RETURN_SIZE 8
#define CARRIED_SIZE 8
#define KERNEL_SIZE 16
#define ASSEMBLY_SIZE 32

/* One for each that the span calls so. */
struct piece {
	const void *callee;
	uint64_t off;		/* behind the span */
	bool written;
};

struct pieces {
	struct piece *v;
	size_t n;
	uint64_t size;		/* with that for returns, which comes first */
};

static struct piece *piece_of(const struct pieces *p, const void *callee)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].callee == callee)
			return &p->v[i];
	return NULL;
}

static bool plan(const struct om_emit *e, const struct om_span *span, struct pieces *p)
{
	*p = (struct pieces){ .v = calloc(span->nr_relocs + 1, sizeof(*p->v)), .size = om_ppc64le_returns_away(span) ? RETURN_SIZE : 0 };
	if (!p->v)
		return false;
	om_for_each_reloc(rel, span) {
		const void *callee = called_by_piece(e, span, rel);

		if (!callee || piece_of(p, callee))
			continue;
		p->v[p->n++] = (struct piece){ .callee = callee, .off = p->size };
		p->size += is_assembly(span) ? ASSEMBLY_SIZE : calls_carried(e, span, rel) ? CARRIED_SIZE : KERNEL_SIZE;
	}
	return true;
}

uint32_t om_ppc64le_emit_behind(struct om_emit *e, const struct om_span *span)
{
	struct pieces p;

	if (span->section->class != OM_CLASS_TEXT)
		return 0;
	e->out.failed |= !plan(e, span, &p);
	free(p.v);
	return p.size;
}

/* Where the span is written to, and what is behind it. */
struct writing {
	struct om_emit *e;
	const struct om_span *span;
	const struct om_place *place;
	uint64_t behind;
	struct pieces pieces;
	char where[256];	/* place() */
};

static void put_word(const struct writing *w, uint64_t at, uint32_t word)
{
	if (!w->e->out.failed)
		memcpy(w->e->out.sections[w->place->section].data.data + at, &word, sizeof(word));
}

static void put_reloc(const struct writing *w, uint64_t at, uint32_t type, uint32_t sym, int64_t addend)
{
	om_out_reloc(&w->e->out, w->place->section,
		     (struct om_out_reloc){ .offset = at, .type = type, .sym = sym, .addend = addend });
}

/* "fs/proc/cmdline.o: .text.f+0x10", for messages. */
static const char *place(struct writing *w, uint64_t off)
{
	return om_where(w->span, off, w->where, sizeof(w->where));
}

/* ld r2,-8(r12); add r2,r2,r12 to the short form: what is at -8 would have to come along. */
static struct error *put_entry(struct writing *w, uint64_t off)
{
	uint64_t at = w->place->off + off;
	uint32_t toc = om_emit_foreign(w->e, OM_PPC_TOC);

	if (word_at(w->span, off) != OM_PPC_LD_R2_R12 || word_at(w->span, off + 4) != OM_PPC_ADD_R2_R12)
		return error_new(ERROR_REFUSED, "%s: the entry of -mcmodel=large is not as it should be", place(w, off));
	put_word(w, at, OM_PPC_ADDIS_R2_R12);
	put_word(w, at + 4, OM_PPC_ADDI_R2_R2);
	/* At -off, r12 has the function's address. */
	put_reloc(w, at, R_PPC64_REL16_HA, toc, off);
	put_reloc(w, at + 4, R_PPC64_REL16_LO, toc, off + 4);
	return NULL;
}

/* Goes to a function of the update's own, which comes back with the target's TOC pointer. */
static void put_piece_to_carried(const struct writing *w, uint64_t at, const struct om_span *callee)
{
	put_word(w, at, STD_R2_24_R1);
	put_word(w, at + 4, B);
	put_reloc(w, at + 4, R_PPC64_REL24, om_place_of(callee)->symbol, 0);
}

static void put_piece_to_kernel(const struct writing *w, uint64_t at, const struct om_import *imp)
{
	struct om_out_reloc entry = { .sym = om_emit_import(w->e, imp) };

	om_emit_toc_entry(w->e, &entry);
	put_word(w, at, STD_R2_24_R1);
	put_word(w, at + 4, LD_R12_R2);
	put_reloc(w, at + 4, R_PPC64_TOC16_DS, entry.sym, entry.addend);
	put_word(w, at + 8, MTCTR_R12);
	put_word(w, at + 12, BCTR);
}

/*
 * Any address of this module's is found from the piece's own, for which LR is lent by r11: that and r12 are what the linker's stubs take, too.
 * r2 is nobody's: neither the function nor the piece read it.
 */
static void put_piece_of_assembly(const struct writing *w, uint64_t at, const struct om_reloc *rel)
{
	const struct om_span *carried = assembly_reaches_carried(w->e, w->span, rel);
	const struct om_import *imp = carried ? NULL : om_import_of(w->e->t, w->span, rel);
	struct om_out_reloc entry = { .sym = carried ? om_place_of(carried)->symbol : om_emit_import(w->e, imp),
				      .addend = carried ? 0 : imp->distance };
	static const uint32_t piece[ASSEMBLY_SIZE / 4] = { MFLR_R11, BCL_NEXT, MFLR_R12, MTLR_R11, ADDIS_R12_R12, LD_R12_R12, MTCTR_R12, BCTR };

	om_emit_toc_entry(w->e, &entry);
	for (size_t i = 0; i < ASSEMBLY_SIZE / 4; i++)
		put_word(w, at + i * 4, piece[i]);
	/* From the third instruction, whose address r12 has; the lower half's last two bits are 0, as ld wants them. */
	put_reloc(w, at + 16, R_PPC64_REL16_HA, entry.sym, entry.addend + 8);
	put_reloc(w, at + 20, R_PPC64_REL16_LO, entry.sym, entry.addend + 12);
}

/* b or bl to a piece, which goes on with LR as it is. */
static void put_reach(struct writing *w, const struct om_reloc *rel)
{
	uint64_t off = rel->offset - w->span->start, at = w->place->off + off;
	struct piece *piece = piece_of(&w->pieces, called_by_piece(w->e, w->span, rel));
	uint64_t to = w->behind + piece->off;

	put_word(w, at, B | (word_at(w->span, off) & LINK) | ((to - at) & 0x03fffffc));
	if (!piece->written)
		put_piece_of_assembly(w, to, rel);
	piece->written = true;
}

/* bl to a piece that saves r2, and the nop behind it restores it. */
static struct error *put_call(struct writing *w, const struct om_reloc *rel)
{
	uint64_t off = rel->offset - w->span->start, at = w->place->off + off;
	const struct om_span *carried = calls_carried(w->e, w->span, rel);
	struct piece *piece = piece_of(&w->pieces, called_by_piece(w->e, w->span, rel));
	uint64_t to = w->behind + piece->off;

	if (word_at(w->span, off + 4) != OM_PPC_NOP)
		return error_new(ERROR_REFUSED, "%s: no nop behind the call of a function", place(w, off));
	put_word(w, at, B | LINK | ((to - at) & 0x03fffffc));
	put_word(w, at + 4, OM_PPC_LD_R2_24_R1);
	if (!piece->written && carried)
		put_piece_to_carried(w, to, carried);
	else if (!piece->written)
		put_piece_to_kernel(w, to, piece->callee);
	piece->written = true;
	return NULL;
}

/* Returns go to a piece that loads the target's TOC pointer. */
static struct error *put_returns(struct writing *w)
{
	const struct om_import *toc = om_import_named(w->e->t, OM_PPC_TOC);
	struct om_out_reloc entry = { .type = R_PPC64_ADDR64 };

	if (!toc)
		return error_new(ERROR_OTHER, "%s: the TOC pointer is not among the imports", w->e->t->name);
	for (uint64_t off = 0; off < w->span->size; off += 4) {
		uint64_t at = w->place->off + off, distance = w->behind - at;
		uint32_t word = word_at(w->span, off);

		if (!om_ppc64le_is_return(word))
			continue;
		if (word != BLR && distance > 0x7ffc)
			return error_new(ERROR_REFUSED, "%s: a conditional return so far from the function's end that no branch "
					 "reaches it", place(w, off));
		/* bclr BO,BI to bc BO,BI */
		put_word(w, at, word == BLR ? B | (distance & 0x03fffffc) : (16u << 26) | (word & 0x03ff0000) | distance);
	}
	entry.sym = om_emit_import(w->e, toc);
	om_emit_toc_entry(w->e, &entry);
	put_word(w, w->behind, LD_R2_R2);
	put_word(w, w->behind + 4, BLR);
	put_reloc(w, w->behind, R_PPC64_TOC16_DS, entry.sym, entry.addend);
	return NULL;
}

static bool stays_inside(const struct om_span *span, const struct om_reloc *rel)
{
	/* Code for one kind of processor comes back into the function that it is copied into. */
	if (span->section->class == OM_CLASS_REPLACEMENT)
		return rel->target && rel->target_off;
	return rel->target && whole(rel->target) == whole(span);
}

/* A new function of C comes back with the TOC pointer of the update's module, which assembler code does not put right. */
static bool loses_toc(const struct om_span *callee)
{
	return callee && om_ppc64le_local_entry(callee) && !om_ppc64le_returns_away(callee);
}

/* What the loader would refuse, or what would lose a TOC pointer. */
static struct error *check(struct writing *w, const struct om_reloc *rel)
{
	uint64_t off = rel->offset - w->span->start;

	if (is_assembly(w->span) && called_by_piece(w->e, w->span, rel))
		return !loses_toc(assembly_reaches_carried(w->e, w->span, rel)) ? NULL :
			error_new(ERROR_REFUSED, "%s: assembler code calls a new function, which does not give back the TOC pointer", place(w, off));
	switch (om_ppc64le_field(rel->type)) {
	case OM_PPC_HIGH:
	case OM_PPC_LOW:
	case OM_PPC_LOW_DS:
		if (rel->via_toc)
			return NULL;
		return error_new(ERROR_REFUSED, "%s: reaches data by its distance from r2: to be compiled with -mcmodel=large",
				 place(w, off));
	case OM_PPC_BRANCH14:
	case OM_PPC_BRANCH24:
		if (stays_inside(w->span, rel) && (rel->target_off || rel->target->part_of))
			return NULL;
		if (!is_call(w->span, rel))
			return error_new(ERROR_REFUSED, "%s: leaves the function by a jump: to be compiled with "
					 "-fno-optimize-sibling-calls", place(w, off));
		if (calls_carried(w->e, w->span, rel) || om_is_core_name(rel->sym->name))
			return NULL;
		if (word_at(w->span, off + 4) == OM_PPC_NOP)
			return NULL;
		return error_new(ERROR_REFUSED, "%s: no nop behind the call of a function of the kernel", place(w, off));
	case OM_PPC_NEAR:
	case OM_PPC_NEAR_DS:
		return error_new(ERROR_REFUSED, "%s: a relocation of -mcmodel=small, with which no kernel is built", place(w, off));
	default:
		return NULL;
	}
}

/* It is copied over code of a function, whose returns are not what they were compiled as. */
static struct error *check_replacement(struct writing *w)
{
	for (uint64_t off = 0; w->span->section->class == OM_CLASS_REPLACEMENT && off < w->span->size; off += 4)
		if (om_ppc64le_is_return(word_at(w->span, off)))
			return error_new(ERROR_REFUSED, "%s: returns in code for one kind of processor", place(w, off));
	return NULL;
}

static struct error *put_rest(struct writing *w)
{
	struct error *err = check_replacement(w);

	om_for_each_reloc(rel, w->span) {
		err = err ?: check(w, rel);
		if (!err && w->span->section->class == OM_CLASS_REPLACEMENT && om_ppc64le_emit_own(w->e, w->span, rel))
			err = error_new(ERROR_REFUSED, "%s: calls a function in code for one kind of processor",
					place(w, rel->offset - w->span->start));
		else if (!err && om_ppc64le_field(rel->type) == OM_PPC_ENTRY)
			err = put_entry(w, rel->offset - w->span->start);
		else if (!err && is_assembly(w->span) && called_by_piece(w->e, w->span, rel))
			put_reach(w, rel);
		else if (!err && called_by_piece(w->e, w->span, rel))
			err = put_call(w, rel);
	}
	if (!err && om_ppc64le_returns_away(w->span))
		err = put_returns(w);
	return err;
}

struct error *om_ppc64le_emit_rest(struct om_emit *e, struct om_span *span)
{
	struct writing w = { .e = e, .span = span, .place = om_place_of(span) };
	struct error *err;

	if (!om_is_code(span))
		return NULL;
	w.behind = w.place->off + span->size;
	err = plan(e, span, &w.pieces) ? put_rest(&w) : error_errno(ENOMEM, "%s", e->t->name);
	free(w.pieces.v);
	return err;
}
