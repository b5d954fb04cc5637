/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the tables of kallsyms as scripts/kallsyms.c of the kernel does, except that its choice of tokens is fixed. */
#ifndef TESTS_KALLSYMS_BUILDER_H
#define TESTS_KALLSYMS_BUILDER_H

#include <stddef.h>
#include <stdint.h>

/* See ksplice-create/kallsyms-tables.h. */
enum kb_order { KB_6_1_FIRST, KB_6_1, KB_6_4, KB_NR_ORDERS };

struct kb_sym {
	const char *name;
	uint64_t addr;		/* of a per-CPU symbol, whose type is 'A', its offset */
	char type;
};

/* The tables, between bytes 0xcc, and where in @bytes each of them begins. */
struct kb {
	uint8_t *bytes;
	size_t size;
	uint32_t nr;
	size_t num, names, markers, tokens, index, offsets, base, seqs; /* seqs 0: there is none */
};

/* @syms in the order of the table: per-CPU symbols first, and by address. */
void kb_make(struct kb *kb, enum kb_order order, const struct kb_sym *syms, size_t nr);
void kb_free(struct kb *kb);

#endif
