// SPDX-License-Identifier: GPL-2.0-or-later
/* Tells whether a member only has another name. */
#include "ksplice-create/renamed-members.h"

#include <stdlib.h>
#include <string.h>

#include "ksplice-create/c-tokens.h"

static bool is_one_of(const struct c_token *t, const char *const *words, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (c_token_is(t, words[i]))
			return true;
	return false;
}

static bool same_token(const struct c_token *a, const struct c_token *b)
{
	return a->kind == b->kind && a->len == b->len && !memcmp(a->s, b->s, a->len);
}

/*
 * Is the word at @i what is declared there, and no type, size or attribute?  It stands behind a type or a "*", and before what ends a
 * declarator.  In "u32 : 3" and "f(u32)" is none, and "unsigned int" has none.
 */
static bool is_declared(const struct c_tokens *t, size_t i)
{
	static const char *const types[] = {"void", "char", "short", "int", "long", "signed", "unsigned", "float", "double", "_Bool",
					    "__int128", "const", "volatile", "struct", "union", "enum"};
	static const char *const no_types[] = {"const", "volatile", "restrict", "struct", "union", "enum", "sizeof", "_Alignas"};
	const struct c_token *before = i ? &t->v[i - 1] : NULL;

	if (t->v[i].kind != C_WORD || is_one_of(&t->v[i], types, ARRAY_SIZE(types)) || !before || i + 1 >= t->n)
		return false;
	if (t->v[i + 1].kind != C_PUNCT || !strchr(";:[)", *t->v[i + 1].s))
		return false;
	if (before->kind == C_PUNCT)
		return *before->s == '*' || *before->s == '}';
	return before->kind == C_WORD && !is_one_of(before, no_types, ARRAY_SIZE(no_types));
}

static bool has_word(const struct c_tokens *t, const char *word)
{
	for (size_t i = 0; i < t->n; i++)
		if (c_token_is(&t->v[i], word))
			return true;
	return false;
}

/* The one at @i has another name in @b.  A name that was there before, or still is, may be that of another member. */
static bool add_pair(const struct c_tokens *a, const struct c_tokens *b, size_t i, struct strv *was, struct strv *is)
{
	_cleanup_free_ char *old = xstrndup(a->v[i].s, a->v[i].len), *new = xstrndup(b->v[i].s, b->v[i].len);

	if (!is_declared(a, i) || !is_declared(b, i) || has_word(a, new) || has_word(b, old) || strv_has(was, old) || strv_has(is, new))
		return false;
	strv_add(was, old);
	strv_add(is, new);
	return true;
}

bool renamed_members(const char *pre, const char *post, struct strv *was, struct strv *is)
{
	struct c_tokens a = c_tokens_cut(pre, pre + strlen(pre)), b = c_tokens_cut(post, post + strlen(post));
	struct strv olds = STRV_INIT, news = STRV_INIT;
	bool ret = a.n == b.n;

	for (size_t i = 0; ret && i < a.n; i++)
		ret = same_token(&a.v[i], &b.v[i]) || add_pair(&a, &b, i, &olds, &news);
	for (size_t i = 0; ret && i < olds.n; i++) {
		strv_add(was, olds.v[i]);
		strv_add(is, news.v[i]);
	}
	ret = ret && olds.n;
	strv_free(&olds);
	strv_free(&news);
	free(a.v);
	free(b.v);
	return ret;
}

static bool ends_statement(const struct c_token *t)
{
	return t->kind == C_PRAGMA || (t->kind == C_PUNCT && strchr(";{}", *t->s));
}

void renamed_uses(const char *text, const char *words, struct str *ret)
{
	struct c_tokens t = c_tokens_cut(text, text + strlen(text));
	_cleanup_strv_ struct strv list = STRV_INIT;
	_cleanup_free_ char *copy = xstrdup(words);
	char *save = NULL;

	for (char *word = strtok_r(copy, ",", &save); word; word = strtok_r(NULL, ",", &save))
		strv_add(&list, word);
	for (size_t i = 0, start = 0; i < t.n; i++) {
		bool has = false;

		if (!ends_statement(&t.v[i]) && i + 1 < t.n)
			continue;
		for (size_t k = start; k < i; k++)
			has |= is_one_of(&t.v[k], (const char *const *)list.v, list.n);
		for (size_t k = start; has && k < i; k++)
			str_addf(ret, "%.*s%c", (int)t.v[k].len, t.v[k].s, k + 1 < i ? ' ' : '\n');
		start = i + 1;
	}
	free(t.v);
}

/* Word by word, of two lines. */
static bool same_but_names(const char *a, const char *b, const struct strv *was, const struct strv *is)
{
	while (*a && *b) {
		size_t m = strcspn(a, " "), n = strcspn(b, " ");
		bool same = m == n && !memcmp(a, b, m);

		for (size_t i = 0; !same && i < was->n; i++)
			same = strlen(was->v[i]) == m && strlen(is->v[i]) == n && !memcmp(a, was->v[i], m) && !memcmp(b, is->v[i], n);
		if (!same)
			return false;
		a += m + (a[m] == ' ');
		b += n + (b[n] == ' ');
	}
	return *a == *b;
}

static bool has_new_name(const char *line, const struct strv *is)
{
	for (; *line; line += strcspn(line, " "), line += *line == ' ')
		for (size_t i = 0; i < is->n; i++)
			if (strcspn(line, " ") == strlen(is->v[i]) && starts_with(line, is->v[i]))
				return true;
	return false;
}

static void split_lines(const char *text, struct strv *ret)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		strv_addf(ret, "%.*s", (int)strcspn(text, "\n"), text);
}

char *renamed_otherwise(const char *pre, const char *post, const struct strv *was, const struct strv *is)
{
	_cleanup_strv_ struct strv before = STRV_INIT, now = STRV_INIT;

	split_lines(pre, &before);
	split_lines(post, &now);
	for (size_t i = 0; i < now.n; i++) {
		bool found = !has_new_name(now.v[i], is);

		for (size_t k = 0; !found && k < before.n; k++)
			found = same_but_names(before.v[k], now.v[i], was, is);
		if (!found)
			return xstrdup(now.v[i]);
	}
	return NULL;
}
