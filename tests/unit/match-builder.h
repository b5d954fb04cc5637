/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes match data in code, good or bad as asked: for tests and as seeds of the fuzzer.
 * Usage: mb_init; symbols; per span mb_span, ops, mb_end; mb_finish; mb_free. Aborts when out of memory.
 */
#ifndef TESTS_MATCH_BUILDER_H
#define TESTS_MATCH_BUILDER_H

#include "kmodsrc/runpre/runpre.h"

struct mb_bytes {
	u8 *p;
	size_t len;
};

struct mb {
	struct mb_bytes syms, spans, progs, strings;
	u32 nr_syms, nr_spans;
	struct runpre_span span;	/* the one being built */
	u32 binds, form;		/* of it; where the form being built begins, past its length byte */
	struct runpre_header h;		/* max_*, id and target as mb_finish() will write them */
};

void mb_init(struct mb *b);						/* for x86_64; b->h.arch may be changed */
void mb_free(struct mb *b);

u32 mb_string(struct mb *b, const char *s);
u32 mb_sym(struct mb *b, const char *name, u8 flags);			/* name may be NULL */
u32 mb_published(struct mb *b, const char *name, u8 flags);		/* published as "p:NAME" */
u32 mb_pointee(struct mb *b, u32 base, s64 offset);
u32 mb_alias(struct mb *b, u32 base);					/* published as "alias" */

/* Begins a span; returns its index. */
u32 mb_span(struct mb *b, u32 sym, u16 flags);
struct runpre_span *mb_span_at(struct mb *b, u32 i);			/* an ended one, to damage */
void mb_end(struct mb *b);						/* with END */
void mb_stop(struct mb *b);						/* without */

void mb_raw(struct mb *b, const void *bytes, size_t len);		/* into the program, as they are */
void mb_lit(struct mb *b, const void *bytes, size_t len);
#define MB_LIT(b, ...) mb_lit(b, (const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))
void mb_reloc(struct mb *b, u8 type, u32 sym, s64 addend);
void mb_label(struct mb *b, u32 label);					/* counts nr_labels */
void mb_jump(struct mb *b, u8 cc, u32 label);
void mb_jumpsym(struct mb *b, u8 cc, u32 sym, s64 addend);
void mb_nops(struct mb *b, u32 max);
void mb_pad(struct mb *b, u32 len);
void mb_pre(struct mb *b, u32 off);
void mb_high(struct mb *b, u32 insn, u32 like);				/* of ppc64le */
void mb_low(struct mb *b, u8 type, u32 insn, u32 high, u32 toc, u32 sym, s64 addend);
void mb_branch(struct mb *b, u8 type, u32 insn, u32 sym, s64 addend);
void mb_stub(struct mb *b, u8 type, u32 insn, u32 toc, u32 sym);
void mb_site(struct mb *b, u8 kind, u32 len, u32 nforms);		/* then that often: */
void mb_form(struct mb *b);						/* ops of a form, at most 127 bytes, */
void mb_form_end(struct mb *b);

/* The match data, in memory of exactly its size, to be freed; may be called again after damage to b. */
struct runpre_header *mb_finish(struct mb *b, size_t *size);

#endif
