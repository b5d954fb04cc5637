// SPDX-License-Identifier: GPL-2.0-or-later
/* Decoding of match programs: bounded, shortest forms only. */
#include "prog.h"

static bool get_u8(struct runpre_cursor *c, u8 *ret)
{
	if (c->pos >= c->end)
		return false;
	*ret = c->prog[c->pos++];
	return true;
}

/* LEB128: seven bits a byte, least first; bit 7 says that another follows. Ten bytes hold 64 bits. */
static bool get_unsigned(struct runpre_cursor *c, u64 *ret)
{
	u32 shift = 0;
	u8 byte;

	*ret = 0;
	do {
		if (shift > 63 || !get_u8(c, &byte))
			return false;
		if (shift == 63 && byte > 1)
			return false;
		*ret |= (u64)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return byte || shift == 7;	/* a last byte of 0 would add nothing */
}

static bool get_signed(struct runpre_cursor *c, s64 *ret)
{
	u8 byte = 0, last;
	u32 shift = 0;
	u64 v = 0;

	do {
		last = byte;
		if (shift > 63 || !get_u8(c, &byte))
			return false;
		if (shift == 63 && byte != 0 && byte != 0x7f)
			return false;
		v |= (u64)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (shift < 64 && (byte & 0x40))
		v |= ~0ull << shift;
	*ret = (s64)v;
	/* A last byte that only repeats the sign before it could be left out. */
	return shift == 7 || !((byte == 0 && !(last & 0x40)) || (byte == 0x7f && (last & 0x40)));
}

static bool get_u32(struct runpre_cursor *c, u32 *ret)
{
	u64 v;

	if (!get_unsigned(c, &v) || v > 0xffffffffu)
		return false;
	*ret = (u32)v;
	return true;
}

static bool get_word(struct runpre_cursor *c, u32 *ret)
{
	u32 i;
	u8 byte;

	for (*ret = i = 0; i < 4; i++) {
		if (!get_u8(c, &byte))
			return false;
		*ret |= (u32)byte << (8 * i);
	}
	return true;
}

static bool decode_low(struct runpre_cursor *c, struct runpre_insn *insn)
{
	return get_u8(c, &insn->sub) && get_word(c, &insn->word) && get_u32(c, &insn->high) && get_u32(c, &insn->toc) &&
	       get_u32(c, &insn->arg) && get_signed(c, &insn->addend);
}

static bool decode_branch(struct runpre_cursor *c, struct runpre_insn *insn)
{
	return get_u8(c, &insn->sub) && get_word(c, &insn->word) && get_u32(c, &insn->arg) && get_signed(c, &insn->addend);
}

static bool decode_stub(struct runpre_cursor *c, struct runpre_insn *insn)
{
	return get_u8(c, &insn->sub) && get_word(c, &insn->word) && get_u32(c, &insn->toc) && get_u32(c, &insn->arg);
}

static bool decode_lit(struct runpre_cursor *c, struct runpre_insn *insn)
{
	if (!get_u32(c, &insn->arg) || insn->arg > c->end - c->pos)
		return false;
	insn->data = c->pos;
	c->pos += insn->arg;
	return true;
}

static bool decode_site(struct runpre_cursor *c, struct runpre_insn *insn)
{
	if (!get_u8(c, &insn->sub) || !get_u32(c, &insn->arg) || !get_u32(c, &insn->nforms))
		return false;
	insn->data = c->pos;
	return true;
}

bool runpre_decode(struct runpre_cursor *c, struct runpre_insn *insn)
{
	memset(insn, 0, sizeof(*insn));
	insn->at = c->pos;
	if (!get_u8(c, &insn->op))
		return false;

	switch (insn->op) {
	case RUNPRE_OP_END:
		return true;
	case RUNPRE_OP_LIT:
		return decode_lit(c, insn);
	case RUNPRE_OP_RELOC:
	case RUNPRE_OP_JUMPSYM:
		return get_u8(c, &insn->sub) && get_u32(c, &insn->arg) && get_signed(c, &insn->addend);
	case RUNPRE_OP_JUMP:
		return get_u8(c, &insn->sub) && get_u32(c, &insn->arg);
	case RUNPRE_OP_LABEL:
	case RUNPRE_OP_NOPS:
	case RUNPRE_OP_PAD:
	case RUNPRE_OP_PRE:
		return get_u32(c, &insn->arg);
	case RUNPRE_OP_SITE:
		return decode_site(c, insn);
	case RUNPRE_OP_HIGH:
		return get_word(c, &insn->word) && get_u32(c, &insn->high);
	case RUNPRE_OP_LOW:
		return decode_low(c, insn);
	case RUNPRE_OP_BRANCH:
		return decode_branch(c, insn);
	case RUNPRE_OP_STUB:
		return decode_stub(c, insn);
	}
	return false;
}

bool runpre_decode_form(struct runpre_cursor *c, struct runpre_cursor *form)
{
	u32 len;

	if (!get_u32(c, &len) || len > c->end - c->pos)
		return false;
	form->prog = c->prog;
	form->pos = c->pos;
	form->end = c->pos + len;
	c->pos += len;
	return true;
}

u32 runpre_reloc_size(u8 type)
{
	static const u8 size[RUNPRE_REL_MAX] = {
		[RUNPRE_REL_ABS64] = 8,
		[RUNPRE_REL_ABS32] = 4,
		[RUNPRE_REL_ABS32S] = 4,
		[RUNPRE_REL_PC32] = 4,
		[RUNPRE_REL_PC64] = 8,
	};

	return type < RUNPRE_REL_MAX ? size[type] : 0;
}

u32 runpre_low_mask(u8 type)
{
	return type & RUNPRE_LOW_DS ? 0xfffc : 0xffff;
}

u32 runpre_branch_mask(u8 type)
{
	return (type & ~RUNPRE_BRANCH_ENTRY) == RUNPRE_BRANCH_24 ? 0x03fffffc : 0xfffc;
}

u32 runpre_stub_mask(u8 type)
{
	return runpre_branch_mask(type == RUNPRE_STUB_RETURN_IF ? RUNPRE_BRANCH_14 : RUNPRE_BRANCH_24);
}
