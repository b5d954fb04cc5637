/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading match programs, op by op: what the checker, the interpreter and the disassembler share.
 * Nothing here knows tables or run code.
 */
#ifndef RUNPRE_PROG_H
#define RUNPRE_PROG_H

#include "runpre.h"

/* A stretch of program bytes and the next one to read. */
struct runpre_cursor {
	const u8 *prog;
	u32	pos;
	u32	end;		/* bytes; pos <= end <= the program's length */
};

/* One op, decoded; fields that an op has not are 0. */
struct runpre_insn {
	u8	op;		/* enum runpre_op */
	u8	sub;		/* RELOC, LOW, BRANCH, STUB: type; JUMP, JUMPSYM: cc; SITE: kind */
	u32	at;		/* of the op byte */
	u32	arg;		/* RELOC, JUMPSYM, LOW, BRANCH, STUB: symbol; LABEL, JUMP: label; LIT, NOPS, PAD, SITE: length; PRE: offset */
	u32	nforms;		/* SITE */
	u32	data;		/* LIT: position of the bytes; SITE: of the first form */
	u32	word;		/* HIGH, LOW, BRANCH, STUB: the instruction */
	u32	high;		/* LOW: run offset of the upper half; HIGH: of the first that has the same */
	u32	toc;		/* LOW, STUB: symbol of the TOC pointer */
	s64	addend;		/* RELOC, JUMPSYM, LOW, BRANCH */
};

/*
 * Reads the op at the cursor and moves behind its operands; of a SITE, behind nforms, to the first form.
 * false: malformed (unknown op, operand cut off, not in the shortest form or above 2^32), @c->pos near the place.
 */
bool runpre_decode(struct runpre_cursor *c, struct runpre_insn *insn);

/* Reads one form's length, gives its bytes as @form, and moves behind it. false: it is cut off. */
bool runpre_decode_form(struct runpre_cursor *c, struct runpre_cursor *form);

static inline bool runpre_op_has_sym(u8 op)
{
	return op == RUNPRE_OP_RELOC || op == RUNPRE_OP_JUMPSYM || op == RUNPRE_OP_LOW || op == RUNPRE_OP_BRANCH ||
	       op == RUNPRE_OP_STUB;
}

/* The bits of the instruction that its field has, by the type of LOW, BRANCH and STUB. */
u32 runpre_low_mask(u8 type);
u32 runpre_branch_mask(u8 type);
u32 runpre_stub_mask(u8 type);

/* Bytes of the field of a RELOC: 4 or 8; 0 for a type that does not exist. */
u32 runpre_reloc_size(u8 type);

#endif
