// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Instructions of ppc64le with a part of an address in them, as the linker leaves them: bfd/elf64-ppc.c of binutils 2.40,
 * ppc64_elf_relocate_section() and ppc64_elf_edit_toc().  Each has 4 bytes and keeps its place.  What they are put together from is in the Power
 * ISA 3.1, book I, 1.6; entries and TOC are in the 64-bit ELF V2 ABI specification, 2.3.
 */
#include "matcher.h"

#define NOP		0x60000000u
#define RA		0x001f0000u	/* the register that a D-form instruction adds its field to */
#define RA_IS_R2	0x00020000u
#define OPCODE		0xfc000000u
#define ADDI		0x38000000u

static u32 word_at(const struct matcher *m, u32 pos)
{
	return (u32)read_le(m->run + pos, 4);
}

static s64 sign_extend(u64 v, u32 bits)
{
	return (s64)(v << (64 - bits)) >> (64 - bits);
}

static enum runpre_ret differs(struct matcher *m, const struct runpre_insn *insn, u32 found)
{
	return runpre_fail_at(m, insn, RUNPRE_DIFFERS, 0, insn->word, found);
}

/* Whether the instruction with the upper half has been read. */
static bool has_high(const struct matcher *m, u32 high)
{
	return m->whole_len >= 4 && high <= m->whole_len - 4;
}

/* The halves of one address are the same in all instructions, while LOW compares the address by one of them. */
static enum runpre_ret run_high(struct matcher *m, const struct runpre_insn *insn)
{
	u32 word = word_at(m, m->pos), like;

	if (!has_high(m, insn->high))
		return runpre_cut_off(m, insn);
	like = word_at(m, insn->high);
	if (word != NOP && (word & 0xffff0000u) != insn->word)
		return differs(m, insn, word);
	if ((word == NOP) != (like == NOP) || (word & 0xffff) != (like & 0xffff))
		return differs(m, insn, word);
	advance(m, 4, 4);
	return RUNPRE_OK;
}

/* The upper half is in the instruction at @high, which is a nop where the linker found that it is 0. */
static s64 upper_half(const struct matcher *m, u32 high, bool *none)
{
	u32 word = word_at(m, high);

	*none = word == NOP;
	return *none ? 0 : sign_extend(word & 0xffff, 16) * 65536;
}

/* The pointer that the instruction loads, in the .toc of vmlinux or of the module. */
static enum runpre_ret follow(struct matcher *m, const struct runpre_insn *insn, u64 *value)
{
	u8 bytes[8];

	if (!m->binder->read(m->binder, *value, bytes, sizeof(bytes)))
		return runpre_fail_at(m, insn, RUNPRE_UNREADABLE, 0, 0, *value);
	*value = read_le(bytes, sizeof(bytes));
	return RUNPRE_OK;
}

static enum runpre_ret run_low(struct matcher *m, const struct runpre_insn *insn)
{
	u8 type = insn->sub & ~RUNPRE_LOW_DS;
	u32 word = word_at(m, m->pos), want = insn->word, mask = runpre_low_mask(insn->sub);
	enum runpre_ret ret = RUNPRE_OK;
	bool no_high, loads;
	u64 base, value;
	s64 high;

	if (!has_high(m, insn->high))
		return runpre_cut_off(m, insn);
	high = upper_half(m, insn->high, &no_high);
	if (no_high && type == RUNPRE_LOW_PC)
		return differs(m, insn, word);
	if (no_high)
		want = (want & ~RA) | RA_IS_R2;
	loads = type == RUNPRE_LOW_PTR && (word & ~mask) == want;
	if (type == RUNPRE_LOW_PTR && !loads) {
		/* ld rX,entry(rY) to addi rX,rY,symbol */
		want = (want & ~(OPCODE | 3)) | ADDI;
		mask = 0xffff;
	}
	if ((word & ~mask) != want)
		return differs(m, insn, word);
	if (type == RUNPRE_LOW_PC)
		base = m->run_addr + insn->high;
	else if (!m->binder->value(m->binder, insn->toc, &base))
		return runpre_fail_at(m, insn, RUNPRE_UNDECIDED, 0, 0, 0);
	value = base + (u64)high + (u64)sign_extend(word & mask, 16);
	if (loads)
		ret = follow(m, insn, &value);
	if (ret == RUNPRE_OK)
		ret = runpre_bind(m, insn, value - (u64)insn->addend);
	if (ret == RUNPRE_OK)
		advance(m, 4, 4);
	return ret;
}

/*
 * Whether a function with two entries has its global one at @addr: two instructions which make r2 of r12, and in the forms that compiler
 * and linker give them nothing else does.
 */
static bool is_global_entry(struct matcher *m, u64 addr)
{
	u32 first, second;
	u8 bytes[8];

	if (!m->binder->read(m->binder, addr, bytes, sizeof(bytes)))
		return false;
	first = (u32)read_le(bytes, 4);
	second = (u32)read_le(bytes + 4, 4);
	/* addis r2,r12,.TOC.-foo@ha or lis r2,.TOC.@ha, then addi r2,r2,.TOC.-foo@l */
	if ((first & 0xffff0000u) == 0x3c4c0000u || (first & 0xffff0000u) == 0x3c400000u)
		return (second & 0xffff0000u) == 0x38420000u;
	/* -mcmodel=large: ld r2,-8(r12), then add r2,r2,r12 */
	return first == 0xe84cfff8u && second == 0x7c426214u;
}

/*
 * The function which is called by a branch to @addr: to its local entry, 8 bytes behind the global one, or to the only one that it has.
 * 0: the global entry of two, to which the linker sends nobody (ppc64_elf_relocate_section()), since r12 has not its address.
 */
u64 runpre_function_at(struct matcher *m, u64 addr)
{
	if (is_global_entry(m, addr))
		return 0;
	return is_global_entry(m, addr - 8) ? addr - 8 : addr;
}

/* Where the branch goes whose field has the bits of @mask. */
static u64 destination(const struct matcher *m, u32 mask)
{
	return m->run_addr + m->pos + (u64)sign_extend(word_at(m, m->pos) & mask, mask == 0xfffc ? 16 : 26);
}

static enum runpre_ret run_branch(struct matcher *m, const struct runpre_insn *insn)
{
	u32 word = word_at(m, m->pos), mask = runpre_branch_mask(insn->sub);
	enum runpre_ret ret;
	u64 to;

	if ((word & ~mask) != insn->word)
		return differs(m, insn, word);
	to = destination(m, mask) - (u64)insn->addend;
	if (insn->sub & RUNPRE_BRANCH_ENTRY)
		to = runpre_function_at(m, to);
	if (!to)
		return differs(m, insn, word);
	ret = runpre_bind(m, insn, to);
	if (ret == RUNPRE_OK)
		advance(m, 4, 4);
	return ret;
}

static enum runpre_ret run_stub(struct matcher *m, const struct runpre_insn *insn)
{
	u32 word = word_at(m, m->pos), mask = runpre_stub_mask(insn->sub);
	enum runpre_ret ret;
	u64 leads;

	if ((word & ~mask) != insn->word)
		return differs(m, insn, word);
	ret = runpre_stub_leads(m, insn, destination(m, mask), &leads);
	if (ret == RUNPRE_OK)
		ret = runpre_bind(m, insn, leads);
	if (ret == RUNPRE_OK)
		advance(m, 4, 4);
	return ret;
}

enum runpre_ret runpre_run_ppc64le(struct matcher *m, const struct runpre_insn *insn)
{
	if (left(m) < 4)
		return runpre_cut_off(m, insn);
	switch (insn->op) {
	case RUNPRE_OP_HIGH:
		return run_high(m, insn);
	case RUNPRE_OP_LOW:
		return run_low(m, insn);
	case RUNPRE_OP_STUB:
		return run_stub(m, insn);
	default:
		return run_branch(m, insn);
	}
}
