// SPDX-License-Identifier: GPL-2.0-or-later
/* Identifiers and declarations of a C source: where they are kept. */
#include "ksplice-create/c-source.h"

#include <stdlib.h>
#include <string.h>

#define NR_CHAINS (1u << 16)

void c_ids_add(struct c_ids *ids, uint32_t id)
{
	if (ids->n && ids->v[ids->n - 1] == id)
		return;
	if (ids->n == ids->room) {
		ids->room = ids->room * 2 + 4;
		ids->v = xrealloc(ids->v, ids->room * sizeof(*ids->v));
	}
	ids->v[ids->n++] = id;
}

static uint64_t hash_bytes(const char *s, size_t len)
{
	uint64_t h = 0xcbf29ce484222325; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3;
	return h;
}

/* Its number + 1, 0 if it is new. */
static uint32_t find_name(const struct c_source *src, uint64_t hash, const char *s, size_t len)
{
	const struct c_name *name;

	for (uint32_t i = src->chains[hash % NR_CHAINS]; i; i = name->next) {
		name = &src->names[i - 1];
		if (name->hash == hash && name->len == len && !memcmp(name->s, s, len))
			return i;
	}
	return 0;
}

uint32_t c_source_name(struct c_source *src, const char *s, size_t len)
{
	uint64_t hash = hash_bytes(s, len);
	uint32_t *chain = &src->chains[hash % NR_CHAINS], found = find_name(src, hash, s, len);

	if (found)
		return found - 1;
	if (src->nr_names == src->room_names) {
		src->room_names = src->room_names * 2 + 1024;
		src->names = xrealloc(src->names, src->room_names * sizeof(*src->names));
	}
	src->names[src->nr_names] = (struct c_name){.s = s, .len = len, .hash = hash, .next = *chain};
	*chain = ++src->nr_names;
	return src->nr_names - 1;
}

uint32_t c_source_name_in_string(struct c_source *src, const char *s, size_t len)
{
	uint32_t found = find_name(src, hash_bytes(s, len), s, len);

	if (found)
		return found - 1;
	strv_addf(&src->owned, "%.*s", (int)len, s);
	return c_source_name(src, src->owned.v[src->owned.n - 1], len);
}

void c_declaration_mix(struct c_declaration *d, const struct c_token *t)
{
	c_declaration_mix_hash(d, t, hash_bytes(t->s, t->len));
}

void c_declaration_mix_hash(struct c_declaration *d, const struct c_token *t, uint64_t hash)
{
	uint64_t h = hash + t->kind * 2 + t->glued;

	d->hash[0] = (d->hash[0] ^ h) * 0xff51afd7ed558ccd;
	d->hash[0] ^= d->hash[0] >> 33;
	d->hash[1] = (d->hash[1] + h) * 0xc4ceb9fe1a85ec53;
	d->hash[1] ^= d->hash[1] >> 29;
}

struct c_tokens c_declaration_tokens(const struct c_declaration *d)
{
	return c_tokens_cut(d->start, d->end);
}

bool c_source_init(struct c_source *src)
{
	*src = (struct c_source){.chains = calloc(NR_CHAINS, sizeof(uint32_t))};
	return src->chains;
}

bool c_source_read(struct c_source *src, const char *text)
{
	if (!c_source_init(src))
		return false;
	c_source_cut(src, text);
	c_source_find_used(src);
	return true;
}

void c_source_free(struct c_source *src)
{
	for (size_t i = 0; i < src->nr_names; i++)
		free(src->names[i].in.v);
	for (size_t i = 0; i < src->nr_decls; i++)
		free(src->decls[i].mentions.v);
	free(src->names);
	free(src->decls);
	free(src->chains);
	strv_free(&src->owned);
}
