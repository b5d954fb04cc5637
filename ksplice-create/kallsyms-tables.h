/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the tables of kallsyms are in a kernel.  scripts/kallsyms.c writes them one behind the other, each at a multiple
 * of 8, zeros between (ALGN):
 *
 *	num_syms	u32
 *	names		of each symbol: its length in 1 or 2 bytes (ULEB128, 2 since 6.1), so many token numbers
 *	markers		u32: where in names symbol 0, 256, 512 ... is
 *	token_table	256 NUL-terminated strings
 *	token_index	u16[256]: where in token_table each of them is
 *	offsets		s32 of each symbol: of a per-CPU one its value, else relative_base - 1 - address
 *	relative_base	u64
 *	seqs_of_names	u24, big-endian: the symbols' numbers, by name
 *
 * in this order since "scripts/kallsyms: change the output order" (v6.4).  Before, offsets and relative_base came first, and
 * seqs_of_names, if there was one ("kallsyms: Improve the performance of kallsyms_lookup_name()", v6.2 and 6.1.y), behind
 * markers.
 */
#ifndef KSPLICE_CREATE_KALLSYMS_TABLES_H
#define KSPLICE_CREATE_KALLSYMS_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ksplice-create/kallsyms.h"

#define KALLSYMS_TOKENS 256
#define KALLSYMS_NAME_MAX 512	/* KSYM_NAME_LEN: longest name, with the type before it */

/* Tables that may belong together: each is inside of the bytes, lengths and markers of all names agree. */
struct kallsyms_tables {
	const uint8_t *names, *names_end, *offsets, *base;
	const uint8_t *seqs;		/* NULL: there is none */
	const char *tokens;
	uint16_t token[KALLSYMS_TOKENS]; /* where each is in @tokens */
	uint32_t nr;			/* of symbols */
};

/* What a search has seen. */
struct kallsyms_search {
	unsigned token_tables;		/* that are in order by themselves */
	bool too_many;			/* places that look like it: the search was given up */
};

/* Calls @found with each set of tables in @bytes. */
void kallsyms_tables_find(const struct kallsyms_bytes *bytes, struct kallsyms_search *search,
			  void (*found)(void *ctx, const struct kallsyms_tables *t), void *ctx);

/* The length of the name at @*at, which is moved to the first of its tokens; 0: it is not before @end with all its tokens. */
size_t kallsyms_name_length(const uint8_t **at, const uint8_t *end);

#endif
