// SPDX-License-Identifier: GPL-2.0-or-later
/* Decodes the tables of kallsyms, and takes them only if they hold together in every way in which the kernel's build ties them. */
#include "ksplice-create/kallsyms.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/kallsyms-tables.h"

#define NAMES_MAX (1u << 27)	/* bytes of all names; Debian's 6.12 has 4 million */

static uint32_t u32_of(const uint8_t *table, size_t i)
{
	uint32_t value;

	memcpy(&value, table + 4 * i, sizeof(value));
	return value;
}

/* Into @out, which has room for KALLSYMS_NAME_MAX, with the type first; false: longer than any. */
static bool expand(const struct kallsyms_tables *t, const uint8_t *p, size_t len, char *out)
{
	size_t n = 0;

	for (; len; p++, len--) {
		const char *token = t->tokens + t->token[*p];
		size_t more = strlen(token);

		if (!more || more >= KALLSYMS_NAME_MAX - n)
			return false;
		memcpy(out + n, token, more);
		n += more;
	}
	out[n] = '\0';
	return n > 1 && isalpha((unsigned char)*out);
}

/* Makes room for @len more bytes, of @*room in all. */
static bool grow(struct kallsyms *k, size_t used, size_t len, size_t *room)
{
	char *grown;

	if (used + len <= *room)
		return true;
	*room = *room ? 2 * *room : 1 << 20;
	grown = realloc(k->names, *room);
	if (grown)
		k->names = grown;
	return grown;
}

/* *@good: they are symbols' names.  Until all are there, a name is noted by its place in k->names, which still moves. */
static struct error *read_names(const struct kallsyms_tables *t, struct kallsyms *k, bool *good)
{
	char name[KALLSYMS_NAME_MAX];
	const uint8_t *p = t->names;
	size_t used = 0, room = 0;

	k->syms = calloc(t->nr, sizeof(*k->syms));
	if (!k->syms)
		return error_errno(ENOMEM, "kallsyms");
	for (k->nr = 0; k->nr < t->nr; k->nr++) {
		size_t len = kallsyms_name_length(&p, t->names_end);

		*good = expand(t, p, len, name) && used < NAMES_MAX;
		if (!*good)
			return NULL;
		p += len;
		len = strlen(name);
		if (!grow(k, used, len, &room))
			return error_errno(ENOMEM, "kallsyms");
		memcpy(k->names + used, name + 1, len);
		k->syms[k->nr] = (struct kallsyms_symbol){ .addr = used, .type = *name };
		used += len;
	}
	for (size_t i = 0; i < k->nr; i++)
		k->syms[i].name = k->names + k->syms[i].addr;
	return NULL;
}

/* make_percpus_absolute(), record_relative_base() and sort_symbols() in scripts/kallsyms.c: then it must look so. */
static bool read_addresses(const struct kallsyms_tables *t, struct kallsyms *k)
{
	bool percpu = true;
	uint64_t base;

	memcpy(&base, t->base, sizeof(base));
	for (size_t i = 0; i < k->nr; i++) {
		int32_t off = u32_of(t->offsets, i);
		bool first = percpu && off < 0;

		k->syms[i].addr = off < 0 ? base - 1 - (int64_t)off : (uint64_t)off;
		if ((off >= 0) != (k->syms[i].type == 'A') || (first && off != -1) || (off >= 0 && !percpu) ||
		    (i && !first && k->syms[i].addr < k->syms[i - 1].addr))
			return false;
		percpu = off >= 0;
	}
	/* All addresses are in the upper half, where kernels are, and none of them wrapped. */
	return !percpu && base >> 63 && k->syms[k->nr - 1].addr >= base;
}

/* Each number once, so that names are sorted, and those that are the same by address. */
static bool seqs_agree(const struct kallsyms_tables *t, const struct kallsyms *k)
{
	const struct kallsyms_symbol *last = NULL;
	size_t last_seq = 0;

	for (size_t i = 0; t->seqs && i < k->nr; i++) {
		const uint8_t *p = t->seqs + 3 * i;
		size_t seq = (size_t)p[0] << 16 | (size_t)p[1] << 8 | p[2];
		int d;

		if (seq >= k->nr)
			return false;
		d = last ? strcmp(last->name, k->syms[seq].name) : -1;
		/* Of the same name, the order is that of the table: so no number comes twice. */
		if (d > 0 || (!d && seq <= last_seq))
			return false;
		last = &k->syms[seq];
		last_seq = seq;
	}
	return true;
}

/* What has been found so far. */
struct reading {
	struct kallsyms *ret;
	unsigned good;
	struct error *err;
};

static void read_tables(void *ctx, const struct kallsyms_tables *t)
{
	struct reading *r = ctx;
	struct kallsyms k = { 0 };
	bool good = true;

	if (r->err)
		return;
	r->err = read_names(t, &k, &good);
	if (!r->err && good && read_addresses(t, &k) && seqs_agree(t, &k) && !r->good++)
		*r->ret = k;
	else
		kallsyms_free(&k);
}

struct error *kallsyms_read(const struct kallsyms_bytes *bytes, size_t nr, struct kallsyms *ret)
{
	struct reading r = { .ret = ret };
	struct kallsyms_search search = { 0 };

	*ret = (struct kallsyms){ 0 };
	for (size_t i = 0; i < nr && !r.err && !search.too_many; i++)
		kallsyms_tables_find(&bytes[i], &search, read_tables, &r);
	if (r.err)
		return r.err;
	if (search.too_many || r.good > 1)
		return error_new(ERROR_BAD_FILE, "several places look like its kallsyms");
	if (r.good)
		return NULL;
	return error_new(ERROR_BAD_FILE, search.token_tables ? "its kallsyms have a form that is not known (known are those of "
			 "Linux 6.1 to 6.14 for several processors)" : "no kallsyms are in it (CONFIG_KALLSYMS)");
}

void kallsyms_free(struct kallsyms *k)
{
	free(k->syms);
	free(k->names);
	*k = (struct kallsyms){ 0 };
}
