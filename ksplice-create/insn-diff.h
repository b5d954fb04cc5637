/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which instructions of a function are new, gone, or as they were. */
#ifndef KSPLICE_CREATE_INSN_DIFF_H
#define KSPLICE_CREATE_INSN_DIFF_H

#include "objmanip/objmanip.h"

enum insn_mark {
	INSN_SAME,
	INSN_LINE_NUMBER,	/* as it was, but for a line number that moved */
	INSN_CHANGED,		/* one that went and one that came in its place, or only one of them */
};

#define INSN_NONE SIZE_MAX

/* Indexes in span->insns; INSN_NONE: there is no counterpart. */
struct insn_pair {
	size_t pre, post;
	enum insn_mark mark;
};

struct insn_diff {
	struct insn_pair *v;	/* in order; each instruction of both is there once */
	size_t n;
};

/* @post is compared with its twin, and has one. After om_target_diff(). */
void insn_diff_make(const struct om_span *post, struct insn_diff *ret);
void insn_diff_free(struct insn_diff *d);

#endif
