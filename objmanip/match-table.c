// SPDX-License-Identifier: GPL-2.0-or-later
/* The symbols and strings of match data while it is written, each of them once. */
#include "objmanip/match-table.h"

#include <stdlib.h>
#include <string.h>

#include "objmanip/names.h"

/* What a symbol stands for: exactly one of name, span, owner's span or TOC pointer, base. */
struct om_match_key {
	char *name;		/* owned */
	struct om_span *span, *owner;
	uint32_t base;
	int64_t offset;
	uint8_t kind;
};

static uint64_t hash(const struct om_match_key *k)
{
	uint64_t h = 0xcbf29ce484222325; /* FNV-1a */

	if (k->name) {
		for (const char *p = k->name; *p; p++)
			h = (h ^ (uint8_t)*p) * 0x100000001b3;
		return h;
	}
	h = (h ^ (uintptr_t)k->span) * 0x100000001b3;
	h = (h ^ (uintptr_t)k->owner) * 0x100000001b3;
	h = (h ^ k->base) * 0x100000001b3;
	h = (h ^ (uint64_t)k->offset) * 0x100000001b3;
	return h ^ h >> 29;
}

static bool same(const struct om_match_key *a, const struct om_match_key *b)
{
	if (a->name || b->name)
		return a->name && b->name && !strcmp(a->name, b->name);
	return a->span == b->span && a->owner == b->owner && a->base == b->base && a->offset == b->offset && a->kind == b->kind;
}

void om_match_table_init(struct om_match_table *mt)
{
	*mt = (struct om_match_table){ 0 };
	om_buf_u8(&mt->strings, 0);
}

void om_match_table_free(struct om_match_table *mt)
{
	om_buf_free(&mt->strings);
	for (size_t i = 0; i < mt->nr_syms; i++)
		free(mt->keys[i].name);
	free(mt->syms);
	free(mt->keys);
	free(mt->data_spans);
	free(mt->index);
}

static void insert(struct om_match_table *mt, uint32_t sym)
{
	uint32_t *index = mt->index;
	size_t i = hash(&mt->keys[sym]) & (mt->index_size - 1);

	while (index[i])
		i = (i + 1) & (mt->index_size - 1);
	index[i] = sym + 1;
}

/* Room for one more symbol, in the tables and in the hash. */
static bool grow(struct om_match_table *mt)
{
	size_t room = mt->room ? mt->room * 2 : 256;
	struct runpre_sym *syms;
	struct om_match_key *keys;

	if (mt->nr_syms < mt->room)
		return true;
	syms = realloc(mt->syms, room * sizeof(*syms));
	if (syms)
		mt->syms = syms;
	keys = syms ? realloc(mt->keys, room * sizeof(*keys)) : NULL;
	if (keys)
		mt->keys = keys;
	free(mt->index);
	mt->index = keys ? calloc(room * 2, sizeof(uint32_t)) : NULL;
	if (!mt->index) {
		mt->failed = true;
		return false;
	}
	mt->room = room;
	mt->index_size = room * 2;
	for (uint32_t i = 0; i < mt->nr_syms; i++)
		insert(mt, i);
	return true;
}

static uint32_t find(const struct om_match_table *mt, const struct om_match_key *key)
{
	const uint32_t *index = mt->index;
	size_t i;

	if (!index)
		return UINT32_MAX;
	for (i = hash(key) & (mt->index_size - 1); index[i]; i = (i + 1) & (mt->index_size - 1))
		if (same(&mt->keys[index[i] - 1], key))
			return index[i] - 1;
	return UINT32_MAX;
}

static uint32_t add(struct om_match_table *mt, const struct om_match_key *key, const struct runpre_sym *sym)
{
	if (mt->failed || !grow(mt))
		return 0;
	mt->syms[mt->nr_syms] = *sym;
	mt->keys[mt->nr_syms] = *key;
	insert(mt, mt->nr_syms);
	return mt->nr_syms++;
}

uint32_t om_match_string(struct om_match_table *mt, const char *s)
{
	uint32_t off = mt->strings.len;

	om_buf_add(&mt->strings, s, strlen(s) + 1);
	return off;
}

/* Each module has one of its own, which the linker makes (THIS_MODULE); units mean that of their module. */
static bool is_own_module(const char *name)
{
	return !strcmp(name, "__this_module");
}

uint32_t om_match_extern(struct om_match_table *mt, const char *name, uint8_t flags)
{
	struct om_match_key key = { .name = (char *)name };
	uint32_t i = find(mt, &key);

	if (i == UINT32_MAX) {
		struct runpre_sym sym = { .name = om_match_string(mt, name),
					  .flags = is_own_module(name) ? RUNPRE_SYM_TARGET : 0 };

		key.name = strdup(name);
		mt->failed |= !key.name;
		i = add(mt, &key, &sym);
		if (mt->failed)
			free(key.name);
	}
	if (!mt->failed)
		mt->syms[i].flags |= flags;
	return i;
}

static void remember_data(struct om_match_table *mt, struct om_span *span, uint32_t sym, bool carried)
{
	struct om_match_data *grown = realloc(mt->data_spans, (mt->nr_data_spans + 1) * sizeof(*grown));

	if (!grown) {
		mt->failed = true;
		return;
	}
	mt->data_spans = grown;
	mt->data_spans[mt->nr_data_spans++] = (struct om_match_data){ .span = span, .sym = sym, .carried = carried };
}

/* __func__ and its like: whoever has the name only wants the text. */
bool om_match_has_bytes(const struct om_span *span)
{
	return span->section->class == OM_CLASS_STRINGS || span->section->class == OM_CLASS_CONSTS ||
	       (span->section->class == OM_CLASS_RODATA && span->symbol && om_by_content(span) && !span->nr_relocs &&
		om_bytes(span));
}

bool om_match_is_test(const struct om_span *span)
{
	return !span->symbol && span->section->class == OM_CLASS_REPLACEMENT && !strcmp(span->section->name, ".altinstr_aux");
}

uint32_t om_match_span(struct om_match_table *mt, struct om_span *span)
{
	struct om_match_key key = { .span = span };
	uint8_t flags = RUNPRE_SYM_TARGET | (span->section->class == OM_CLASS_PERCPU ? RUNPRE_SYM_PERCPU : 0);
	struct runpre_sym sym = { .flags = flags | RUNPRE_SYM_LOCAL };
	uint32_t i;

	/* A weak function that another unit overrides is not the one that its name means. */
	if (span->symbol && span->symbol->bind == STB_WEAK)
		return om_match_extern(mt, span->name, 0);
	if (span->symbol && span->symbol->bind != STB_LOCAL)
		return om_match_extern(mt, span->name, flags);
	i = find(mt, &key);
	if (i != UINT32_MAX)
		return i;
	if (span->symbol)
		sym.name = om_match_string(mt, span->name);
	else
		sym.flags = 0;	/* ld merges strings and constants over all units: they are nobody's */
	i = add(mt, &key, &sym);
	if (om_match_has_bytes(span) || om_match_is_test(span))
		remember_data(mt, span, i, false);
	return i;
}

uint32_t om_match_own(struct om_match_table *mt, struct om_span *span, struct om_span *owner)
{
	struct om_match_key key = { .span = span, .owner = owner };
	struct runpre_sym sym = { .flags = span ? 0 : RUNPRE_SYM_PERCPU };
	uint32_t i = find(mt, &key);

	if (i != UINT32_MAX)
		return i;
	i = add(mt, &key, &sym);
	if (span && om_match_has_bytes(span))
		remember_data(mt, span, i, true);
	return i;
}

uint32_t om_match_reloc(struct om_match_table *mt, const struct om_reloc *rel)
{
	if (!rel->target)
		return om_match_extern(mt, rel->sym->name, 0);
	if (rel->sym->bind == STB_WEAK)
		return om_match_extern(mt, rel->sym->name, 0);
	return om_match_span(mt, rel->target);
}

uint32_t om_match_jump(struct om_match_table *mt, const struct om_reloc *rel, int64_t *addend)
{
	const struct om_span *to = rel->target;

	*addend = rel->target_off;
	if (!to || !om_match_is_test(to))
		return om_match_reloc(mt, rel);
	*addend += (int64_t)(to->start - to->section->spans[0]->start);
	return om_match_span(mt, to->section->spans[0]);
}

uint32_t om_match_pointee(struct om_match_table *mt, uint32_t base, int64_t offset)
{
	struct om_match_key key = { .base = base, .offset = offset, .kind = RUNPRE_SYM_POINTEE };
	struct runpre_sym sym = { .kind = RUNPRE_SYM_POINTEE, .base = base, .offset = offset };
	uint32_t i = find(mt, &key);

	return i != UINT32_MAX ? i : add(mt, &key, &sym);
}

uint32_t om_match_alias(struct om_match_table *mt, uint32_t base)
{
	struct om_match_key key = { .base = base, .offset = mt->nr_syms, .kind = RUNPRE_SYM_ALIAS };
	struct runpre_sym sym = { .kind = RUNPRE_SYM_ALIAS, .base = base };

	return add(mt, &key, &sym);
}
