// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The stubs that the module loader of ppc64le puts between a module's call and what lies outside of the module: arch/powerpc/kernel/module_64.c,
 * 6.1, struct ppc64_stub_entry.  One leads where the op says only if each of its instructions is as the loader makes it, and what the
 * first two of them add up to is what they are to reach.  And the pieces that objmanip/emit-ppc64le.c puts behind carried functions, for their
 * calls and returns.
 */
#include "matcher.h"

/* ppc64_stub_insns: r11 becomes the stub's own address, by the module's TOC pointer. */
#define ADDIS_R11_R2	0x3d620000u
#define ADDI_R11_R11	0x396b0000u
#define STD_R2_24_R1	0xf8410018u
#define LD_R12_32_R11	0xe98b0020u
/* stub_insns: what is traced may have come without setting r2 up, so the kernel's own is taken, of the processor's area. */
#define LD_R12_R13	0xe98d0000u	/* with 0 in its field */
#define ADDIS_R12_R12	0x3d8c0000u
#define ADDI_R12_R12	0x398c0000u
/* The end of both. */
#define MTCTR_R12	0x7d8903a6u
#define BCTR		0x4e800420u

/* Pieces. */
#define B		0x48000000u	/* with 0 in its field, as those after it */
#define LD_R12_R2	0xe9820000u
#define LD_R2_R2	0xe8420000u
#define BLR		0x4e800020u

#define MAGIC		0x73747562u
#define MAGIC_AT	28
#define LEADS_AT	32
#define STUB_LEN	40

static u32 word_of(const u8 *stub, u32 i)
{
	return (u32)read_le(stub + 4 * i, 4);
}

static u64 signed_half(u32 word)
{
	return ((u64)(word & 0xffff) ^ 0x8000) - 0x8000;
}

/* What a pair of instructions adds, upper half first. */
static u64 distance(u32 high, u32 low)
{
	return signed_half(high) * 65536 + signed_half(low);
}

static bool is_with(u32 word, u32 insn)
{
	return (word & 0xffff0000u) == insn;
}

static bool is_call_stub(const u8 *stub, u64 addr, u64 toc)
{
	u32 high = word_of(stub, 0), low = word_of(stub, 1);

	return is_with(high, ADDIS_R11_R2) && is_with(low, ADDI_R11_R11) && toc + distance(high, low) == addr &&
	       word_of(stub, 2) == STD_R2_24_R1 && word_of(stub, 3) == LD_R12_32_R11 && word_of(stub, 4) == MTCTR_R12 &&
	       word_of(stub, 5) == BCTR;
}

static bool is_tracer_stub(const u8 *stub, u64 leads, const struct runpre_paca *paca)
{
	u32 high = word_of(stub, 1), low = word_of(stub, 2);

	return paca && word_of(stub, 0) == (LD_R12_R13 | paca->toc_at) && is_with(high, ADDIS_R12_R12) && is_with(low, ADDI_R12_R12) &&
	       paca->toc + distance(high, low) == leads && word_of(stub, 3) == MTCTR_R12 && word_of(stub, 4) == BCTR;
}

static enum runpre_ret leads_by_stub(struct matcher *m, const struct runpre_insn *insn, u64 addr, u64 toc, u64 *leads)
{
	u8 stub[STUB_LEN];
	bool known;

	if (!m->binder->read(m->binder, addr, stub, sizeof(stub)))
		return runpre_fail_at(m, insn, RUNPRE_UNREADABLE, 0, 0, addr);
	*leads = read_le(stub + LEADS_AT, 8);
	known = insn->sub == RUNPRE_STUB_CALL ? is_call_stub(stub, addr, toc) : is_tracer_stub(stub, *leads, m->binder->paca);
	if (!known || word_of(stub, MAGIC_AT / 4) != MAGIC)
		return runpre_fail_at(m, insn, RUNPRE_DIFFERS, 0, 0, addr);
	return RUNPRE_OK;
}

static bool is_load(u32 word, u32 insn)
{
	return (word & 0xffff0003u) == insn;
}

static bool is_jump(u32 word)
{
	return (word & 0xfc000003u) == B;
}

/* What the instruction of is_load() loads, with the TOC pointer in r2. */
static bool load(struct matcher *m, u32 word, u64 toc, u64 *value)
{
	u8 bytes[8];

	if (!m->binder->read(m->binder, toc + signed_half(word & 0xfffc), bytes, sizeof(bytes)))
		return false;
	*value = read_le(bytes, sizeof(bytes));
	return true;
}

/* std r2,24(r1), and then to the function: b; or ld r12, mtctr r12, bctr. The second half is read only where there must be one. */
static enum runpre_ret leads_by_piece(struct matcher *m, const struct runpre_insn *insn, u64 addr, u64 toc, u64 *leads)
{
	u8 piece[16];
	u32 second;

	if (!m->binder->read(m->binder, addr, piece, 8))
		return runpre_fail_at(m, insn, RUNPRE_UNREADABLE, 0, 0, addr);
	second = word_of(piece, 1);
	if (word_of(piece, 0) != STD_R2_24_R1)
		return runpre_fail_at(m, insn, RUNPRE_DIFFERS, 0, 0, addr);
	if (is_jump(second)) {
		*leads = runpre_function_at(m, addr + 4 + (((u64)(second & 0x03fffffc) ^ 0x02000000) - 0x02000000));
		return *leads ? RUNPRE_OK : runpre_fail_at(m, insn, RUNPRE_DIFFERS, 0, 0, addr);
	}
	if (!is_load(second, LD_R12_R2))
		return runpre_fail_at(m, insn, RUNPRE_DIFFERS, 0, 0, addr);
	if (!m->binder->read(m->binder, addr + 8, piece + 8, 8) || !load(m, second, toc, leads))
		return runpre_fail_at(m, insn, RUNPRE_UNREADABLE, 0, 0, addr);
	if (word_of(piece, 2) != MTCTR_R12 || word_of(piece, 3) != BCTR)
		return runpre_fail_at(m, insn, RUNPRE_DIFFERS, 0, 0, addr);
	return RUNPRE_OK;
}

/* ld r2, blr */
static enum runpre_ret leads_back(struct matcher *m, const struct runpre_insn *insn, u64 addr, u64 toc, u64 *value)
{
	u8 piece[8];

	if (!m->binder->read(m->binder, addr, piece, sizeof(piece)))
		return runpre_fail_at(m, insn, RUNPRE_UNREADABLE, 0, 0, addr);
	if (!is_load(word_of(piece, 0), LD_R2_R2) || word_of(piece, 1) != BLR)
		return runpre_fail_at(m, insn, RUNPRE_DIFFERS, 0, 0, addr);
	if (!load(m, word_of(piece, 0), toc, value))
		return runpre_fail_at(m, insn, RUNPRE_UNREADABLE, 0, 0, addr);
	return RUNPRE_OK;
}

enum runpre_ret runpre_stub_leads(struct matcher *m, const struct runpre_insn *insn, u64 addr, u64 *leads)
{
	u64 toc = 0;

	if (insn->sub != RUNPRE_STUB_TRACER && !m->binder->value(m->binder, insn->toc, &toc))
		return runpre_fail_at(m, insn, RUNPRE_UNDECIDED, 0, 0, 0);
	switch (insn->sub) {
	case RUNPRE_STUB_PIECE:
		return leads_by_piece(m, insn, addr, toc, leads);
	case RUNPRE_STUB_RETURN:
	case RUNPRE_STUB_RETURN_IF:
		return leads_back(m, insn, addr, toc, leads);
	default:
		return leads_by_stub(m, insn, addr, toc, leads);
	}
}
