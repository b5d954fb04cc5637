/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A made-up kernel for runpre_resolve(): memory with a symbol table, and hooks.
 * Usage: begin; match data by k.b (match-builder.h), cand, hook, bytes in k.mem; resolve, as often as wanted; end.
 */
#ifndef TESTS_UNIT_MATCH_KERNEL_H
#define TESTS_UNIT_MATCH_KERNEL_H

#include "tests/unit/match-builder.h"

struct kernel {
	u64 base;		/* address of the memory */
	u8 mem[0x2000];
	struct {
		u32 sym;
		u64 addr;
	} cands[16];
	u32 nr_cands;
	struct {
		u64 old, new;
	} hooks[4];	/* oldest first */
	u32 nr_hooks;
	u32 updates;			/* from there on, memory has what updates have brought; 0: there are none */
	const struct runpre_paca *paca;	/* ppc64le */
	/* The match data and what came out. */
	struct mb b;
	struct runpre_header *h;
	struct runpre_work work;
	u32 where, where_sym;
};

void begin(struct kernel *k, u64 base);
void end(struct kernel *k);
/* The symbol table has @sym at that offset. */
void cand(struct kernel *k, u32 sym, u32 off);
void hook(struct kernel *k, u32 old, u32 new);
/* Over the match data as it is now, which must be well-formed; with memory of exactly the promised size. */
enum runpre_ret resolve(struct kernel *k);

#endif
