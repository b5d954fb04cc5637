// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/kallsyms-tables.h"

#include <ctype.h>
#include <string.h>

#define ALIGN 8
#define MARKED 256		/* symbols for each marker */
#define SYMBOLS_MAX (1u << 20)	/* Debian's 6.12 has 171,000 */
#define TRIES_MAX 64		/* a kernel has one place, and perhaps chance another one */

#define INDEX_SIZE (KALLSYMS_TOKENS * sizeof(uint16_t))

/* The orders in which scripts/kallsyms.c wrote what is around num_syms ... token_index. */
static const struct layout {
	bool offsets_first;
	enum { SEQS_NONE, SEQS_BEFORE_TOKENS, SEQS_LAST } seqs;
} layouts[] = {
	{ true, SEQS_NONE },
	{ true, SEQS_BEFORE_TOKENS },
	{ false, SEQS_LAST },
};

/* One search; places are distances from the beginning of the bytes. */
struct finder {
	const struct kallsyms_bytes *bytes;
	struct kallsyms_search *search;
	unsigned tries;
	void (*found)(void *ctx, const struct kallsyms_tables *t);
	void *ctx;
};

static uint64_t round_up(uint64_t n)
{
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static uint32_t u32_at(const struct finder *f, uint64_t at)
{
	uint32_t value;

	memcpy(&value, f->bytes->p + at, sizeof(value));
	return value;
}

static bool is_zero(const struct finder *f, uint64_t from, uint64_t to)
{
	for (; from < to; from++)
		if (f->bytes->p[from])
			return false;
	return true;
}

size_t kallsyms_name_length(const uint8_t **at, const uint8_t *end)
{
	const uint8_t *p = *at;
	size_t len;

	if (p == end)
		return 0;
	len = *p++;
	if (len & 0x80) {
		if (p == end)
			return 0;
		len = (len & 0x7f) | (size_t)*p++ << 7;
	}
	*at = p;
	return len <= (size_t)(end - p) ? len : 0;
}

/* Whether @count names follow each other from @at on; *@at becomes their end. */
static bool walk(const struct finder *f, uint64_t *at, uint64_t end, uint32_t count)
{
	const uint8_t *p = f->bytes->p + *at;

	for (uint32_t i = 0; i < count; i++) {
		size_t len = kallsyms_name_length(&p, f->bytes->p + end);

		if (!len)
			return false;
		p += len;
	}
	*at = p - f->bytes->p;
	return true;
}

/* All names of @t, up to the markers at @markers, are where these say. */
static bool markers_agree(const struct finder *f, uint64_t names, uint64_t markers, uint32_t nr)
{
	uint64_t at = names;

	for (uint32_t i = 0; i < nr; i += MARKED) {
		if (u32_at(f, markers + i / MARKED * 4) != at - names)
			return false;
		if (!walk(f, &at, markers, nr - i < MARKED ? nr - i : MARKED))
			return false;
	}
	return round_up(at) == markers && is_zero(f, at, markers);
}

/* The last marker's names end where the markers begin: so much can be seen without a look at all names. */
static bool last_marker_agrees(const struct finder *f, uint64_t names, uint64_t markers, uint32_t nr)
{
	uint32_t last = (nr - 1) / MARKED;
	uint64_t at = names + u32_at(f, markers + (uint64_t)last * 4);

	return at < markers && walk(f, &at, markers, nr - last * MARKED) && round_up(at) == markers;
}

/* What is around @num, where num_syms is, and @index, where token_index is. */
static bool place_others(const struct finder *f, const struct layout *l, uint64_t num, uint64_t seqs, uint64_t index,
			 struct kallsyms_tables *t)
{
	uint64_t size = round_up(4ull * t->nr), offsets = index + INDEX_SIZE, base;

	if (l->offsets_first && num < size + ALIGN)
		return false;
	if (l->offsets_first)
		offsets = num - ALIGN - size;
	base = offsets + size;
	if (l->seqs == SEQS_LAST)
		seqs = base + ALIGN;
	if (base + ALIGN > f->bytes->size || (l->seqs && seqs + 3ull * t->nr > f->bytes->size))
		return false;
	t->offsets = f->bytes->p + offsets;
	t->base = f->bytes->p + base;
	t->seqs = l->seqs ? f->bytes->p + seqs : NULL;
	return is_zero(f, offsets + 4ull * t->nr, base);
}

/* num_syms at @num, token_table at @tokens, and all else where it must be then. */
static void try_place(struct finder *f, const struct layout *l, uint64_t num, uint64_t tokens, uint64_t index,
		      struct kallsyms_tables *t)
{
	uint64_t seqs, markers, names = num + ALIGN;

	t->nr = u32_at(f, num);
	if (!t->nr || t->nr > SYMBOLS_MAX || u32_at(f, num + 4))
		return;
	seqs = l->seqs == SEQS_BEFORE_TOKENS ? round_up(3ull * t->nr) : 0;
	markers = round_up(4ull * ((t->nr + MARKED - 1) / MARKED));
	if (seqs + markers > tokens - names)
		return;
	seqs = tokens - seqs;
	markers = seqs - markers;
	if (u32_at(f, markers) || !last_marker_agrees(f, names, markers, t->nr))
		return;
	if (++f->tries > TRIES_MAX) {
		f->search->too_many = true;
		return;
	}
	if (!markers_agree(f, names, markers, t->nr) || !place_others(f, l, num, seqs, index, t))
		return;
	t->names = f->bytes->p + names;
	t->names_end = f->bytes->p + markers;
	f->found(f->ctx, t);
}

/* Token @i is not used, or the letter that it stands for, or made of several: best_table[] in scripts/kallsyms.c. */
static bool is_token(const char *token, size_t len, unsigned i)
{
	for (size_t k = 0; k < len; k++)
		if (!isgraph((unsigned char)token[k]))
			return false;
	return len != 1 || (unsigned char)*token == i;
}

/*
 * The tokens at @at are where the index at @index, which is behind them, says.  A letter that is in any name or is any symbol's
 * type stands for itself; so 't' does in every kernel, which zeros with a table of 0, 1, 2 ... behind them do not know.
 */
static bool tokens_agree(const struct finder *f, uint64_t at, uint64_t index, const uint16_t *token)
{
	const char *tokens = (const char *)f->bytes->p + at;
	size_t room = index - at, len;

	for (unsigned i = 0; i + 1 < KALLSYMS_TOKENS; i++) {
		len = token[i + 1] - token[i] - 1;
		if (tokens[token[i] + len] || !is_token(tokens + token[i], len, i))
			return false;
	}
	len = strnlen(tokens + token[255], room - token[255]);
	if (len == room - token[255] || !is_token(tokens + token[255], len, 255))
		return false;
	return round_up(token[255] + len + 1) == room && is_zero(f, at + token[255] + len, index) &&
	       !strcmp(tokens + token['t'], "t");
}

static bool read_index(const struct finder *f, uint64_t at, uint16_t *token)
{
	memcpy(token, f->bytes->p + at, INDEX_SIZE);
	if (token[0])
		return false;
	for (unsigned i = 1; i < KALLSYMS_TOKENS; i++)
		if (token[i] <= token[i - 1])
			return false;
	return true;
}

static void try_tokens(struct finder *f, uint64_t tokens, uint64_t index, struct kallsyms_tables *t)
{
	f->search->token_tables++;
	t->tokens = (const char *)f->bytes->p + tokens;
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		for (uint64_t num = 0; num + 2 * ALIGN <= tokens && !f->search->too_many; num += ALIGN)
			try_place(f, &layouts[i], num, tokens, index, t);
}

/* The length of the last token is not known, so the table may begin at several places. */
static void try_index(struct finder *f, uint64_t index)
{
	struct kallsyms_tables t;
	uint64_t room;

	if (!read_index(f, index, t.token))
		return;
	room = round_up(t.token[KALLSYMS_TOKENS - 1] + 1);
	for (; room <= index && room <= round_up(t.token[KALLSYMS_TOKENS - 1] + KALLSYMS_NAME_MAX); room += ALIGN) {
		if (!tokens_agree(f, index - room, index, t.token))
			continue;
		if (++f->tries > TRIES_MAX) {
			f->search->too_many = true;
			return;
		}
		try_tokens(f, index - room, index, &t);
	}
}

void kallsyms_tables_find(const struct kallsyms_bytes *bytes, struct kallsyms_search *search,
			  void (*found)(void *ctx, const struct kallsyms_tables *t), void *ctx)
{
	struct finder f = { .bytes = bytes, .search = search, .found = found, .ctx = ctx };

	for (uint64_t at = 0; at + INDEX_SIZE <= bytes->size && !search->too_many; at += ALIGN)
		try_index(&f, at);
}
