// SPDX-License-Identifier: GPL-2.0-or-later
/* The digest of what the compiler uses of a source. */
#include "ksplice-create/declarations.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/c-pointers.h"
#include "ksplice-create/c-source.h"
#include "ksplice-create/directives.h"
#include "ksplice-create/used-names.h"
#include "ksplice-create/util.h"

struct usage {
	struct c_source *src;
	bool *mentioned;	/* by number of the name */
};

static bool is_mentioned(const struct c_token *name, void *ctx)
{
	struct usage *u = ctx;

	return u->mentioned[c_source_name(u->src, name->s, name->len)];
}

/* What the used declarations mention, but for the other names of pointers. */
static void find_mentioned(struct usage *u)
{
	struct c_source *src = u->src;

	for (size_t i = 0; i < src->nr_decls; i++) {
		const struct c_declaration *d = &src->decls[i];
		struct c_tokens t = {};
		size_t first = 0;

		if (!d->used)
			continue;
		if (!d->has_union) {
			for (size_t k = 0; k < d->mentions.n; k++)
				u->mentioned[d->mentions.v[k]] = true;
			continue;
		}
		t = c_declaration_tokens(d);
		for (size_t k = 0; k < t.n;) {
			size_t end = c_pointer_names(&t, k, &first, NULL, NULL);
			size_t stop = end ? first : k + 1;

			for (; k < stop; k++)
				if (t.v[k].kind == C_WORD)
					u->mentioned[c_source_name(src, t.v[k].s, t.v[k].len)] = true;
			k = end ?: k;
		}
		free(t.v);
	}
}

/* Hashes a declaration once more, without names that nobody mentions. */
static void mix_again(struct usage *u, struct c_declaration *d)
{
	struct c_tokens t = c_declaration_tokens(d);
	size_t first;

	d->hash[0] = d->hash[1] = 1;
	for (size_t k = 0; k < t.n;) {
		size_t end = c_pointer_names(&t, k, &first, is_mentioned, u);

		for (size_t m = k + 2; end && m < first; m++)
			c_declaration_mix(d, &t.v[m]);
		if (!end)
			c_declaration_mix(d, &t.v[k]);
		k = end ?: k + 1;
	}
	free(t.v);
}

static struct error *digest_used(struct c_source *src, char hex[SHA256_HEX_SIZE])
{
	struct usage u = {.src = src, .mentioned = calloc(src->nr_names + 1, sizeof(bool))};
	_cleanup_free_ uint64_t *hashes = xrealloc(NULL, (2 * src->nr_decls + 1) * sizeof(*hashes));
	size_t n = 0;

	if (!u.mentioned)
		return error_new(ERROR_SYSTEM, "out of memory");
	find_mentioned(&u);
	for (size_t i = 0; i < src->nr_decls; i++) {
		struct c_declaration *d = &src->decls[i];

		if (!d->used)
			continue;
		/* In the same way on both sides, whether or not there is such a union. */
		if (!d->is_function && d->is_type)
			mix_again(&u, d);
		hashes[n++] = d->hash[0];
		hashes[n++] = d->hash[1];
	}
	free(u.mentioned);
	return sha256_hex(hashes, n * sizeof(*hashes), hex);
}

/* A growing list. */
struct hashes {
	uint32_t *v;
	size_t n, room;
};

static void add_hash(struct hashes *h, const char *name, size_t len)
{
	if (h->n == h->room) {
		h->room = h->room * 2 + 4096;
		h->v = xrealloc(h->v, h->room * sizeof(*h->v));
	}
	h->v[h->n++] = used_name_hash(name, len);
}

/* Words in the strings of a declaration: "x" of __stringify(x) is another one once x is a macro. */
static void add_quoted(struct hashes *h, const struct c_declaration *d)
{
	struct c_tokens t = {};

	if (!memchr(d->start, '"', (size_t)(d->end - d->start)))
		return;
	t = c_declaration_tokens(d);
	for (size_t i = 0; i < t.n; i++) {
		const char *end = t.v[i].s + t.v[i].len;

		for (const char *p = t.v[i].s; t.v[i].kind == C_STRING && p < end;) {
			size_t n = name_length(p);

			if (n)
				add_hash(h, p, n);
			p += n ?: 1;
		}
	}
	free(t.v);
}

static struct error *write_names(const struct c_source *src, const char *path)
{
	struct hashes h = {};
	struct error *err;

	for (size_t i = 0; i < src->nr_names; i++)
		if (src->names[i].used)
			add_hash(&h, src->names[i].s, src->names[i].len);
	for (size_t i = 0; i < src->nr_decls; i++)
		if (src->decls[i].used)
			add_quoted(&h, &src->decls[i]);
	err = used_names_write(path, h.v, h.n);
	free(h.v);
	return err;
}

struct error *declarations_digest(const char *text, char hex[SHA256_HEX_SIZE], const char *names)
{
	struct c_source src;
	struct error *err;

	if (!c_source_read(&src, text))
		return error_new(ERROR_SYSTEM, "out of memory");
	err = names ? write_names(&src, names) : NULL;
	err = err ?: digest_used(&src, hex);
	c_source_free(&src);
	return err;
}

struct error *assembler_digest(const char *text, char hex[SHA256_HEX_SIZE])
{
	_cleanup_str_ struct str kept = STR_INIT;

	str_add(&kept, "", 0);
	while (*text) {
		size_t len = strcspn(text, "\n"), blanks = strspn(text, " \t");

		/* "# 12 "file"": a line marker. What else begins with # is a comment. */
		if (blanks < len && *text != '#')
			str_add(&kept, text, len + 1);
		text += len + (text[len] == '\n');
	}
	return sha256_hex(kept.s, kept.len, hex);
}
