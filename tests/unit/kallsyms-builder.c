// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/kallsyms-builder.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARGIN 40

/* In slots of letters that no name has, as the kernel's build finds them. */
static const struct {
	uint8_t slot;
	const char *text;
} made_of_several[] = { { 255, "Tfun" }, { 254, "tion" }, { 1, "fun" }, { 0, "_s" } };

static void put(struct kb *kb, const void *data, size_t len)
{
	kb->bytes = realloc(kb->bytes, kb->size + len);
	if (!kb->bytes)
		abort();
	memcpy(kb->bytes + kb->size, data, len);
	kb->size += len;
}

static void fill(struct kb *kb, uint8_t byte, size_t len)
{
	while (len--)
		put(kb, &byte, 1);
}

/* Begins a table (ALGN). */
static size_t begin(struct kb *kb)
{
	fill(kb, 0, -kb->size & 7);
	return kb->size;
}

static void put_u32(struct kb *kb, uint32_t value)
{
	put(kb, &value, sizeof(value));
}

static const char *token(unsigned slot, char *buf)
{
	for (size_t i = 0; i < sizeof(made_of_several) / sizeof(made_of_several[0]); i++)
		if (made_of_several[i].slot == slot)
			return made_of_several[i].text;
	/* Not '~': a slot that nothing uses. */
	sprintf(buf, "%c", slot > ' ' && slot < '~' ? (char)slot : '\0');
	return buf;
}

static void put_tokens(struct kb *kb)
{
	uint16_t index[256];
	char buf[2];

	kb->tokens = begin(kb);
	for (unsigned i = 0; i < 256; i++) {
		const char *text = token(i, buf);

		index[i] = kb->size - kb->tokens;
		put(kb, text, strlen(text) + 1);
	}
	kb->index = begin(kb);
	put(kb, index, sizeof(index));
}

/* The slot for what @name begins with; *@len of it. */
static uint8_t slot_of(const char *name, size_t *len)
{
	for (size_t i = 0; i < sizeof(made_of_several) / sizeof(made_of_several[0]); i++) {
		*len = strlen(made_of_several[i].text);
		if (!strncmp(name, made_of_several[i].text, *len))
			return made_of_several[i].slot;
	}
	*len = 1;
	return *name;
}

static void put_name(struct kb *kb, const struct kb_sym *s)
{
	uint8_t slots[1024], len[2];
	char text[1024];
	size_t n = 0, step;

	snprintf(text, sizeof(text), "%c%s", s->type, s->name);
	for (const char *p = text; *p; p += step)
		slots[n++] = slot_of(p, &step);
	len[0] = (n & 0x7f) | (n > 0x7f ? 0x80 : 0);
	len[1] = n >> 7;
	put(kb, len, n > 0x7f ? 2 : 1);
	put(kb, slots, n);
}

static void put_names(struct kb *kb, const struct kb_sym *syms)
{
	uint32_t *markers = calloc(kb->nr / 256 + 1, sizeof(*markers));

	if (!markers)
		abort();
	kb->num = begin(kb);
	put_u32(kb, kb->nr);
	kb->names = begin(kb);
	for (uint32_t i = 0; i < kb->nr; i++) {
		if (i % 256 == 0)
			markers[i / 256] = kb->size - kb->names;
		put_name(kb, &syms[i]);
	}
	kb->markers = begin(kb);
	put(kb, markers, (kb->nr + 255) / 256 * sizeof(*markers));
	free(markers);
}

static void put_addresses(struct kb *kb, const struct kb_sym *syms)
{
	uint64_t base = 0;

	for (uint32_t i = kb->nr; i--;)
		if (syms[i].type != 'A')
			base = syms[i].addr;
	kb->offsets = begin(kb);
	for (uint32_t i = 0; i < kb->nr; i++)
		put_u32(kb, syms[i].type == 'A' ? syms[i].addr : base - syms[i].addr - 1);
	kb->base = begin(kb);
	put(kb, &base, sizeof(base));
}

static bool comes_before(const struct kb_sym *syms, uint32_t a, uint32_t b)
{
	int d = strcmp(syms[a].name, syms[b].name);

	return d ? d < 0 : a < b;
}

static void put_seqs(struct kb *kb, const struct kb_sym *syms)
{
	kb->seqs = begin(kb);
	fill(kb, 0, 3 * (size_t)kb->nr);
	for (uint32_t i = 0; i < kb->nr; i++) {
		uint32_t at = 0;

		for (uint32_t k = 0; k < kb->nr; k++)
			at += comes_before(syms, k, i);
		memcpy(kb->bytes + kb->seqs + 3 * at, (uint8_t[]){ i >> 16, i >> 8, i }, 3);
	}
}

void kb_make(struct kb *kb, enum kb_order order, const struct kb_sym *syms, size_t nr)
{
	*kb = (struct kb){ .nr = nr };
	fill(kb, 0xcc, MARGIN);
	if (order != KB_6_4)
		put_addresses(kb, syms);
	put_names(kb, syms);
	if (order == KB_6_1)
		put_seqs(kb, syms);
	put_tokens(kb);
	if (order == KB_6_4) {
		put_addresses(kb, syms);
		put_seqs(kb, syms);
	}
	fill(kb, 0xcc, MARGIN);
}

void kb_free(struct kb *kb)
{
	free(kb->bytes);
	*kb = (struct kb){ 0 };
}
