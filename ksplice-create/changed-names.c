// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/changed-names.h"

#include <stdlib.h>
#include <string.h>

#include "ksplice-create/c-pointers.h"
#include "ksplice-create/c-source.h"
#include "ksplice-create/declaring-macros.h"
#include "ksplice-create/directives.h"
#include "ksplice-create/stripped.h"

/* A header, and what it declares. */
struct header {
	struct stripped stripped;
	struct c_source src;
};

static bool header_init(struct header *h, const char *text)
{
	stripped_read(&h->stripped, text);
	if (!c_source_init(&h->src))
		return false;
	c_source_cut(&h->src, h->stripped.text.s);
	return true;
}

static void header_free(struct header *h)
{
	stripped_free(&h->stripped);
	c_source_free(&h->src);
}

/* The name that a directive, "#define X(a) 1", defines; owned by the caller, NULL for any other. */
static char *defined_name(const char *directive)
{
	const char *p = directive + 1 + (directive[1] == ' ');

	if (!starts_with(p, "define "))
		return NULL;
	p += strlen("define ");
	return xstrndup(p, name_length(p));
}

/* Is the name defined, or its definition taken back, by one of them? */
static bool is_defined(const struct strv *directives, const char *name)
{
	for (size_t i = 0; i < directives->n; i++) {
		_cleanup_free_ char *defined = defined_name(directives->v[i]);
		const char *p = directives->v[i] + 1 + (directives->v[i][1] == ' ');

		if ((defined && !strcmp(defined, name)) || (starts_with(p, "undef ") && !strcmp(p + strlen("undef "), name)))
			return true;
	}
	return false;
}

/* Are they the same, but for macros in @post that are new?  These are added to @macros. */
static bool same_but_new_macros(const struct strv *pre, const struct strv *post, struct strv *macros)
{
	size_t i = 0;

	for (size_t k = 0; k < post->n; k++) {
		_cleanup_free_ char *name = NULL;

		if (i < pre->n && !strcmp(pre->v[i], post->v[k])) {
			i++;
			continue;
		}
		name = defined_name(post->v[k]);
		if (!name || is_defined(pre, name))
			return false;
		strv_add_new(macros, name);
	}
	return i == pre->n;
}

static bool same_tokens(const struct c_declaration *a, const struct c_declaration *b)
{
	return a->hash[0] == b->hash[0] && a->hash[1] == b->hash[1];
}

static bool has_same(const struct c_source *src, size_t from, size_t to, const struct c_declaration *d)
{
	for (size_t i = from; i < to; i++)
		if (same_tokens(&src->decls[i], d))
			return true;
	return false;
}

/* Words at the top that something may be declared by, attributes that are macros or not. */
static bool add_by_look(struct c_source *src, uint32_t decl, struct strv *names)
{
	struct c_tokens t = c_declaration_tokens(&src->decls[decl]);
	bool ok = !declaring_macros(&t);
	size_t depth = 0;

	for (size_t i = 0; i < t.n; i++) {
		if (t.v[i].kind == C_PUNCT) {
			depth += !!strchr("([{", *t.v[i].s);
			depth -= strchr(")]}", *t.v[i].s) && depth;
		}
		if (depth || t.v[i].kind != C_WORD || src->names[c_source_name(src, t.v[i].s, t.v[i].len)].keyword)
			continue;
		if (i + 1 == t.n || t.v[i + 1].kind == C_PRAGMA || (t.v[i + 1].kind == C_PUNCT && strchr("([;,=:{", *t.v[i + 1].s))) {
			_cleanup_free_ char *name = xstrndup(t.v[i].s, t.v[i].len);

			strv_add_new(names, name);
		}
	}
	free(t.v);
	return ok;
}

/* Is it the definition of one of these, which stands by itself? */
static bool defines(const struct c_declaration *d, const struct strv *macros)
{
	_cleanup_free_ char *directive = NULL, *name = NULL;

	if (strncmp(d->start, "pragma #", strlen("pragma #")))
		return false;
	directive = xstrndup(d->start + strlen("pragma "), strcspn(d->start + strlen("pragma "), "\n"));
	name = defined_name(directive);
	return name && strv_has(macros, name);
}

/* Names that declaration @i declares. */
static bool add_names(struct c_source *src, uint32_t i, struct strv *names)
{
	/* It makes something by itself. */
	if (src->decls[i].used)
		return false;
	for (size_t k = 0; k < src->nr_names; k++) {
		const struct c_name *n = &src->names[k];

		for (size_t m = 0; m < n->in.n; m++) {
			_cleanup_free_ char *name = n->in.v[m] == i ? xstrndup(n->s, n->len) : NULL;

			if (name)
				strv_add_new(names, name);
		}
	}
	return add_by_look(src, i, names);
}

/* Hashes a type without other names for pointers that it has; with @names, these are added there. */
static struct c_declaration without_pointer_names(const struct c_declaration *d, struct strv *names)
{
	struct c_declaration plain = {.hash = {1, 1}};
	struct c_tokens t = c_declaration_tokens(d);
	size_t first = 0;

	for (size_t k = 0; k < t.n;) {
		size_t end = c_pointer_names(&t, k, &first, NULL, NULL), stop = end ? first : k + 1, next;

		for (size_t m = end ? k + 2 : k; m < stop; m++)
			c_declaration_mix(&plain, &t.v[m]);
		for (size_t m = first; names && end && !c_tokens_punct(&t, m, '}'); m = next) {
			const struct c_token *name = &t.v[c_plain_pointer(&t, m, &next)];
			_cleanup_free_ char *text = xstrndup(name->s, name->len);

			strv_add_new(names, text);
		}
		k = end ?: k + 1;
	}
	free(t.v);
	return plain;
}

/*
 * The type in @src that is @d but for other names of pointers: then it is these that changed, as declarations_digest() sees it.
 * struct dst_entry, which all of the network code knows, got a dev_rcu so.
 */
static bool only_names_pointers(const struct c_source *src, size_t from, size_t to, const struct c_declaration *d, struct strv *names)
{
	struct c_declaration plain;

	if (!d->is_type || d->is_function)
		return false;
	plain = without_pointer_names(d, NULL);
	for (size_t i = from; i < to; i++) {
		const struct c_declaration *other = &src->decls[i];
		struct c_declaration o;

		if (!other->is_type || other->is_function)
			continue;
		o = without_pointer_names(other, NULL);
		if (!same_tokens(&plain, &o))
			continue;
		without_pointer_names(d, names);
		without_pointer_names(other, names);
		return true;
	}
	return false;
}

/* A stretch of declarations that are not all the same. */
struct stretch {
	size_t from, to;
};

/* What both have in their stretches must be in the same order. */
static bool same_order(const struct c_source *a, struct stretch x, const struct c_source *b, struct stretch y)
{
	while (x.from < x.to || y.from < y.to) {
		if (x.from < x.to && !has_same(b, y.from, y.to, &a->decls[x.from]))
			x.from++;
		else if (y.from < y.to && !has_same(a, x.from, x.to, &b->decls[y.from]))
			y.from++;
		else if (x.from < x.to && y.from < y.to && same_tokens(&a->decls[x.from], &b->decls[y.from]))
			x.from++, y.from++;
		else
			return false;
	}
	return true;
}

static bool compare(struct c_source *pre, struct c_source *post, const struct strv *macros, struct strv *names)
{
	struct stretch a = {0, pre->nr_decls}, b = {0, post->nr_decls};

	while (a.from < a.to && b.from < b.to && same_tokens(&pre->decls[a.from], &post->decls[b.from]))
		a.from++, b.from++;
	while (a.from < a.to && b.from < b.to && same_tokens(&pre->decls[a.to - 1], &post->decls[b.to - 1]))
		a.to--, b.to--;
	if (!same_order(pre, a, post, b))
		return false;
	for (size_t i = a.from; i < a.to; i++)
		if (!has_same(post, b.from, b.to, &pre->decls[i]) &&
		    !only_names_pointers(post, b.from, b.to, &pre->decls[i], names) && !add_names(pre, (uint32_t)i, names))
			return false;
	for (size_t i = b.from; i < b.to; i++)
		if (!has_same(pre, a.from, a.to, &post->decls[i]) && !defines(&post->decls[i], macros) &&
		    !only_names_pointers(pre, a.from, a.to, &post->decls[i], names) && !add_names(post, (uint32_t)i, names))
			return false;
	return true;
}

bool changed_names(const char *pre, const char *post, struct strv *names, struct strv *macros)
{
	struct header a, b;
	bool ok = header_init(&a, pre);

	ok = header_init(&b, post) && ok;
	ok = ok && same_but_new_macros(&a.stripped.directives, &b.stripped.directives, macros) && stripped_has_guard(&a.stripped);
	ok = ok && source_is_nested(pre) && source_is_nested(post);
	ok = ok && compare(&a.src, &b.src, macros, names);
	header_free(&a);
	header_free(&b);
	return ok;
}
