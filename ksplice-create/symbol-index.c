// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/symbol-index.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

static int compare_names(const void *a, const void *b)
{
	const struct indexed_symbol *x = a, *y = b;
	int d = strcmp(x->name, y->name);

	return d ? d : x->addr < y->addr ? -1 : x->addr > y->addr;
}

static int compare_addrs(const void *a, const void *b)
{
	const struct indexed_symbol *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr ? 1 : strcmp(x->name, y->name);
}

/* Sorts both ways and drops what is there twice. */
bool symbol_index_make(struct symbol_index *idx, struct indexed_symbol *syms, size_t nr, uint64_t lowest)
{
	size_t n = 0;

	*idx = (struct symbol_index){ .by_name = syms };
	if (nr)
		qsort(syms, nr, sizeof(*syms), compare_names);
	for (size_t i = 0; i < nr; i++) {
		if (!n || compare_names(&syms[i], &syms[n - 1])) {
			syms[n++] = syms[i];
			continue;
		}
		if (syms[i].linkage > syms[n - 1].linkage)
			syms[n - 1].linkage = syms[i].linkage;
	}
	idx->nr = n;
	idx->addrs = calloc(n + 1, sizeof(*idx->addrs));
	idx->by_addr = calloc(n + 1, sizeof(*idx->by_addr));
	if (!idx->addrs || !idx->by_addr)
		return false;
	for (size_t i = 0; i < n; i++) {
		idx->addrs[i] = syms[i].addr;
		if (syms[i].addr >= lowest)
			idx->by_addr[idx->nr_by_addr++] = syms[i];
	}
	qsort(idx->by_addr, idx->nr_by_addr, sizeof(*idx->by_addr), compare_addrs);
	return true;
}

void symbol_index_free(struct symbol_index *idx)
{
	free(idx->by_name);
	free(idx->addrs);
	free(idx->by_addr);
	*idx = (struct symbol_index){ 0 };
}

size_t symbol_index_find(const struct symbol_index *idx, const char *name, const uint64_t **addrs)
{
	size_t lo = 0, hi = idx->nr, n = 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(idx->by_name[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo + n < idx->nr && !strcmp(idx->by_name[lo + n].name, name))
		n++;
	*addrs = idx->addrs + lo;
	return n;
}

enum linkage linkage_of_bind(unsigned bind)
{
	return bind == STB_LOCAL ? LINKAGE_LOCAL : bind == STB_WEAK ? LINKAGE_WEAK : LINKAGE_GLOBAL;
}

enum linkage symbol_index_linkage(const struct symbol_index *idx, const char *name)
{
	const uint64_t *addrs;
	size_t n = symbol_index_find(idx, name, &addrs);
	enum linkage most = LINKAGE_LOCAL;

	for (size_t i = 0; i < n; i++)
		if (idx->by_name[addrs - idx->addrs + i].linkage > most)
			most = idx->by_name[addrs - idx->addrs + i].linkage;
	return most;
}

void symbol_index_set_global(struct symbol_index *idx, const char *name, uint64_t addr)
{
	const uint64_t *addrs;
	size_t n = symbol_index_find(idx, name, &addrs);

	for (size_t i = 0; i < n; i++)
		if (addrs[i] == addr && idx->by_name[addrs - idx->addrs + i].linkage < LINKAGE_WEAK)
			idx->by_name[addrs - idx->addrs + i].linkage = LINKAGE_GLOBAL;
}

bool symbol_index_global(const struct symbol_index *idx, const char *name, uint64_t *addr)
{
	const uint64_t *addrs;
	size_t n = symbol_index_find(idx, name, &addrs);

	for (size_t i = 0; i < n; i++) {
		if (idx->by_name[addrs - idx->addrs + i].linkage < LINKAGE_WEAK)
			continue;
		if (addr)
			*addr = addrs[i];
		return true;
	}
	return false;
}

const char *symbol_index_at(const struct symbol_index *idx, uint64_t addr, uint64_t *off)
{
	size_t lo = 0, hi = idx->nr_by_addr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (idx->by_addr[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	/* The first of those at that address, so that the answer does not depend on how many there are. */
	while (lo > 1 && idx->by_addr[lo - 2].addr == idx->by_addr[lo - 1].addr)
		lo--;
	*off = addr - idx->by_addr[lo - 1].addr;
	return idx->by_addr[lo - 1].name;
}
