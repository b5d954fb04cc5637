/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interpreter from inside: match.c, and the instructions of one machine each. */
#ifndef RUNPRE_MATCHER_H
#define RUNPRE_MATCHER_H

#include "prog.h"

/* A match under way. */
struct matcher {
	const struct runpre_span *span;
	const u8 *run;
	u32	run_len;	/* bytes that may be looked at; inside a site of fixed length, up to its end */
	u32	whole_len;	/* the same outside of sites: what is looked at elsewhere than where the match is */
	u64	run_addr;
	u32	pos;		/* next run byte */
	u32	pre;		/* the pre byte that it stands for, as far as the program told */
	u32	*labels;	/* run offset of each label, NO_LABEL until a jump or the label itself tells */
	bool	probing;	/* a form is being tried: what it says about labels may have to be forgotten */
	bool	fenced;		/* run_len is the end of a site: to need more is to differ */
	u8	site;		/* enum runpre_site while inside one, else 0xff */
	struct runpre_binder *binder;
	struct runpre_fault *fault;
};

static inline u32 left(const struct matcher *m)
{
	return m->run_len - m->pos;
}

static inline void advance(struct matcher *m, u32 run, u32 pre)
{
	m->pos += run;
	m->pre += pre;
}

static inline u64 read_le(const u8 *p, u32 len)
{
	u64 v = 0;

	while (len--)
		v = v << 8 | p[len];
	return v;
}

/* Fills in m->fault, for what is @ahead bytes from where the match is; returns @ret. */
enum runpre_ret runpre_fail_at(struct matcher *m, const struct runpre_insn *insn, enum runpre_ret ret, u32 ahead,
			       u64 expected, u64 found);
/* The run code ends before the op does. */
enum runpre_ret runpre_cut_off(struct matcher *m, const struct runpre_insn *insn);
/* The run code implies that the symbol of the op has the value. */
enum runpre_ret runpre_bind(struct matcher *m, const struct runpre_insn *insn, u64 value);

/* match-ppc64le.c: HIGH, LOW, BRANCH, STUB */
enum runpre_ret runpre_run_ppc64le(struct matcher *m, const struct runpre_insn *insn);
/* The function which is called by a branch to @addr, whichever of its entries that is; 0: none is called so. */
u64 runpre_function_at(struct matcher *m, u64 addr);
/* stub-ppc64le.c: where the stub at @addr leads, to which the branch of op STUB goes. RUNPRE_DIFFERS: there is no such stub. */
enum runpre_ret runpre_stub_leads(struct matcher *m, const struct runpre_insn *insn, u64 addr, u64 *leads);

#endif
