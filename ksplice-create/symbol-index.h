/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols of the kernel, to be found by name and by address. */
#ifndef KSPLICE_CREATE_SYMBOL_INDEX_H
#define KSPLICE_CREATE_SYMBOL_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether units other than its own can link to a symbol. */
enum linkage {
	LINKAGE_LOCAL,
	LINKAGE_UNKNOWN,
	LINKAGE_WEAK,
	LINKAGE_GLOBAL,
};

struct indexed_symbol {
	const char *name;	/* borrowed */
	uint64_t addr;
	enum linkage linkage;
};

struct symbol_index {
	struct indexed_symbol *by_name;		/* by name, then address; each pair once */
	uint64_t *addrs;			/* of by_name, index by index */
	struct indexed_symbol *by_addr;		/* without per-CPU symbols */
	size_t nr, nr_by_addr;
};

/*
 * Takes @syms, of calloc(), also when it fails.  Addresses below @lowest are no addresses, but per-CPU offsets.
 * False: no memory.
 */
bool symbol_index_make(struct symbol_index *idx, struct indexed_symbol *syms, size_t nr, uint64_t lowest);
void symbol_index_free(struct symbol_index *idx);

/* The addresses of @name, ascending, each once; returns how many.  *@addrs is the index's. */
size_t symbol_index_find(const struct symbol_index *idx, const char *name, const uint64_t **addrs);
/* STB_LOCAL, STB_GLOBAL ... of a symbol table. */
enum linkage linkage_of_bind(unsigned bind);
/* The most that is known of one of that name; LINKAGE_LOCAL: there is none, or all are. */
enum linkage symbol_index_linkage(const struct symbol_index *idx, const char *name);
/* The symbol of that name and address, if there is one, turns out to be global. */
void symbol_index_set_global(struct symbol_index *idx, const char *name, uint64_t addr);
/* The address of a global or weak one of that name, in *@addr, which may be NULL. */
bool symbol_index_global(const struct symbol_index *idx, const char *name, uint64_t *addr);
/* The last symbol at or before @addr, and the distance; NULL if there is none. */
const char *symbol_index_at(const struct symbol_index *idx, uint64_t addr, uint64_t *off);

#endif
