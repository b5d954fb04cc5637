/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compiles pre code to a match program. What the kernel rewrites is the architecture's to say: .site of struct om_arch. */
#ifndef OBJMANIP_MATCH_PROGRAM_H
#define OBJMANIP_MATCH_PROGRAM_H

#include "objmanip/match-table.h"

/* Ops being written, with what runpre_check() will count in them. */
struct om_ops {
	struct om_buf code;
	struct om_buf lit;	/* literal bytes not written yet */
	uint32_t max_run;	/* bytes of run code that the ops take at most */
	uint32_t nr_binds;
	bool lost;		/* the pre offset does not follow from the last op: PRE is due */
};

void om_ops_lit(struct om_ops *ops, const void *bytes, size_t len);
void om_ops_reloc(struct om_ops *ops, uint8_t type, uint32_t sym, int64_t addend);
void om_ops_label(struct om_ops *ops, uint32_t label);
void om_ops_jump(struct om_ops *ops, uint8_t cc, uint32_t label);
void om_ops_jumpsym(struct om_ops *ops, uint8_t cc, uint32_t sym, int64_t addend);
void om_ops_nops(struct om_ops *ops, uint32_t max);
void om_ops_pad(struct om_ops *ops, uint32_t len);
void om_ops_pre(struct om_ops *ops, uint32_t off);
/* Of ppc64le; @type: enum runpre_low, enum runpre_branch, enum runpre_stub. */
void om_ops_high(struct om_ops *ops, uint32_t insn, uint32_t like);
void om_ops_low(struct om_ops *ops, uint8_t type, uint32_t insn, uint32_t high, uint32_t toc, uint32_t sym, int64_t addend);
void om_ops_branch(struct om_ops *ops, uint8_t type, uint32_t insn, uint32_t sym, int64_t addend);
void om_ops_stub(struct om_ops *ops, uint8_t type, uint32_t insn, uint32_t toc, uint32_t sym);
void om_ops_flush(struct om_ops *ops);	/* writes the pending literal */
void om_ops_append(struct om_ops *ops, const struct om_ops *more);
void om_ops_free(struct om_ops *ops);

/* The function being compiled. */
struct om_program {
	struct om_match_table *mt;
	struct om_span *span;
	struct om_ops ops;
	uint32_t *labels;	/* span offsets that something jumps to, sorted after the first pass */
	uint32_t nr_labels;
	bool collecting;	/* first pass: labels are collected, ops thrown away */
	bool head;		/* only up to the first jump */
	bool carried;		/* second program: the span is the renumbered object's, as updates carry it (match-carried.h) */
	bool unknown;		/* second program: it mentions something of which it is not known what it is in pre */
};

/* What the relocation of the span's is about (without its offset). */
uint32_t om_program_symbol(struct om_program *p, const struct om_reloc *rel);

/* Label number of a place in the span. */
uint32_t om_program_label(struct om_program *p, uint32_t off);
/* Ops for one instruction without sites. */
struct error *om_program_insn(struct om_program *p, struct om_ops *ops, const struct om_insn *insn);
/* The entries that are about byte @off of the span: first index, and how many. */
size_t om_program_entries(const struct om_program *p, uint32_t off, size_t *nr);

/* Compiles a whole function into p->ops, or its head; @p is zeroed but for mt, span, head and carried. */
struct error *om_program_compile(struct om_program *p);
void om_program_free(struct om_program *p);

#endif
