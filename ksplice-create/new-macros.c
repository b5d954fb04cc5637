// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/new-macros.h"

#include <string.h>

#include "ksplice-create/c-tokens.h"
#include "ksplice-create/directives.h"
#include "ksplice-create/stripped.h"

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = strstr(text, word); p; p = strstr(p + 1, word))
		if ((p == text || !name_length(p - 1)) && !name_length(p + len))
			return true;
	return false;
}

/* The parameters of "#define NAME(a, b...)", added to @ret; returns where the name begins. */
static const char *parameters(const char *directive, struct strv *ret)
{
	const char *name = strstr(directive, "define ");

	if (!name)
		return directive + strlen(directive);
	name += strlen("define ");
	for (const char *p = name + name_length(name); *p && *p != ')' && (ret->n || *p == '(');) {
		size_t n = name_length(p + 1);

		strv_addf(ret, "%.*s", (int)n, p + 1);
		p += 1 + n;
	}
	return name;
}

static bool is_paste(const struct c_tokens *t, size_t i)
{
	return c_tokens_punct(t, i, '#') && c_tokens_punct(t, i + 1, '#') && t->v[i + 1].glued;
}

/* Is the token a word of the macro's own that @name has at that end? */
static bool is_end_of(const struct c_token *t, const struct strv *params, const char *name, bool last)
{
	_cleanup_free_ char *word = xstrndup(t->s, t->len);

	if (t->kind != C_WORD || strv_has(params, word) || !strcmp(word, "__VA_ARGS__"))
		return false;
	return last ? ends_with(name, word) : starts_with(name, word);
}

/* Has a row "a ## b ## c" in the tokens a word of its own at an end where @name has it, too? */
static bool may_paste(const struct c_tokens *t, const struct strv *params, const char *name)
{
	for (size_t i = 1; i + 2 < t->n; i++) {
		bool first = i < 3 || !is_paste(t, i - 3), last = !is_paste(t, i + 3);

		if (!is_paste(t, i))
			continue;
		if ((first && is_end_of(&t->v[i - 1], params, name, false)) || (last && is_end_of(&t->v[i + 2], params, name, true)))
			return true;
	}
	return false;
}

static bool directive_may_paste(const char *directive, const struct strv *names)
{
	_cleanup_strv_ struct strv params = STRV_INIT;
	/* From the name on: a "#" at the beginning would be a directive's. */
	const char *start = parameters(directive, &params);
	struct c_tokens t = c_tokens_cut(start, start + strlen(start));
	bool found = false;

	for (size_t i = 0; i < names->n && !found; i++)
		found = may_paste(&t, &params, names->v[i]);
	free(t.v);
	return found;
}

bool new_macros_in_text(const char *text, const struct strv *names)
{
	struct stripped s;
	bool found = false;

	for (size_t i = 0; i < names->n; i++)
		if (has_word(text, names->v[i]))
			return false;
	/* Few files have it. */
	if (!strstr(text, "##"))
		return true;
	stripped_read(&s, text);
	for (size_t i = 0; i < s.directives.n && !found; i++)
		found = strstr(s.directives.v[i], "##") && directive_may_paste(s.directives.v[i], names);
	stripped_free(&s);
	return !found;
}

struct error *new_macros(const struct includes *in, const struct strv *names, bool *ret)
{
	struct error *err = NULL;

	*ret = true;
	for (size_t i = 0; !err && *ret && i < includes_nr_files(in); i++) {
		_cleanup_free_ char *text = NULL;

		err = includes_text(in, i, &text);
		*ret = !err && (!text || new_macros_in_text(text, names));
	}
	return err;
}
