/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of match data while they are made: symbols, strings. */
#ifndef OBJMANIP_MATCH_TABLE_H
#define OBJMANIP_MATCH_TABLE_H

#include "kmodsrc/runpre/runpre.h"
#include "objmanip/buf.h"
#include "objmanip/elf.h"

struct om_match_key;

struct om_match_data {
	struct om_span *span;
	uint32_t sym;
	bool carried;			/* mentioned by second programs alone */
};

struct om_match_table {
	struct om_buf strings;		/* starts with NUL */
	struct runpre_sym *syms;
	struct om_match_key *keys;	/* of syms, same index */
	size_t nr_syms, room;
	struct om_match_data *data_spans; /* strings, constants and tests that programs refer to, each once */
	size_t nr_data_spans;
	void *index;			/* hash from key to symbol, match-table.c */
	size_t index_size;
	bool failed;			/* out of memory */
};

void om_match_table_init(struct om_match_table *mt);
void om_match_table_free(struct om_match_table *mt);

/* All return an index into syms, the same for the same question. */
/* What the kernel knows as @name, whoever defines it. */
uint32_t om_match_extern(struct om_match_table *mt, const char *name, uint8_t flags);
/* What a pre span stands for: by name if it is global or weak, else this very span. */
uint32_t om_match_span(struct om_match_table *mt, struct om_span *span);
/*
 * For second programs: what each function has one of its own of when it is carried, without a name.  @owner: the function, or what it is a part of;
 * @span: a string, a constant; NULL: its TOC pointer.
 */
uint32_t om_match_own(struct om_match_table *mt, struct om_span *span, struct om_span *owner);
/* A string or constant: that it has the same bytes in the kernel is all that matching asks of it. */
bool om_match_has_bytes(const struct om_span *span);
/*
 * What a static_cpu_has() runs until it is patched, in .altinstr_aux: the test of a capability's bit, and jumps back.  The kernel frees
 * it after boot (vmlinux.lds.S, 6.1), and then no jump to it is left.
 */
bool om_match_is_test(const struct om_span *span);
/* What a relocation refers to (without its offset). */
uint32_t om_match_reloc(struct om_match_table *mt, const struct om_reloc *rel);
/*
 * The same for a jump, with what to add in *@addend.  What it leads to may be a piece of .altinstr_aux: the pieces of a unit lie in the kernel
 * as they lie in the object, so the first stands for all, and what one jump says of it, another must say as well.
 */
uint32_t om_match_jump(struct om_match_table *mt, const struct om_reloc *rel, int64_t *addend);
/* The word at @offset behind @base, as it is in memory. */
uint32_t om_match_pointee(struct om_match_table *mt, uint32_t base, int64_t offset);
/* A further record for @base, always new. */
uint32_t om_match_alias(struct om_match_table *mt, uint32_t base);

/* Offset of @s in the string table. */
uint32_t om_match_string(struct om_match_table *mt, const char *s);

#endif
