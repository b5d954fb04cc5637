// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/number-macros.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/enumerators.h"
#include "ksplice-create/layout-text.h"
#include "ksplice-create/strmap.h"

struct macro {
	int64_t value;
	bool known;		/* a number, and the only definition of the name */
	size_t list;		/* macros that nothing but blank lines and comments part */
};

struct macros {
	struct strmap names;
	struct macro *v;	/* by number of the name */
};

static void macros_free(struct macros *m)
{
	strmap_free(&m->names);
	free(m->v);
}

/* BIT(3), which is no number before the preprocessor has seen it. */
static bool is_bit(const struct c_tokens *t)
{
	static const char *const words[] = {"BIT", "BIT_ULL", "_BITUL", "_BITULL"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (t->n > 3 && c_token_is(&t->v[0], words[i]) && c_tokens_punct(t, 1, '('))
			return c_tokens_skip(t, 1) == t->n;
	return false;
}

static bool evaluate(const char *text, size_t len, int64_t *ret)
{
	static const struct enumerators none;
	struct c_tokens t = c_tokens_cut(text, text + len);
	bool bit = is_bit(&t), known = t.n && enumerators_evaluate(&none, t.v + bit, t.n - bit, ret);

	free(t.v);
	if (known && bit) {
		known = *ret >= 0 && *ret < 64;
		*ret = known ? (int64_t)(1ull << *ret) : 0;
	}
	return known;
}

static void define(struct macros *m, const char *name, size_t len, struct macro macro)
{
	_cleanup_free_ char *word = xstrndup(name, len);
	size_t known = m->names.names.n, n = strmap_add(&m->names, word);

	if (n < known) {
		m->v[n].known = false;
		return;
	}
	m->v = xrealloc(m->v, (n + 1) * sizeof(*m->v));
	m->v[n] = macro;
}

/* What stands behind "#define" and blanks; NULL: the line is none. */
static const char *defined_by(const char *line)
{
	line += strspn(line, " \t");
	line += *line == '#';
	line += strspn(line, " \t");
	return starts_with(line, "define") && strchr(" \t", line[6]) ? line + 6 + strspn(line + 6, " \t") : NULL;
}

/* Without comments. */
static void read_macros(const char *text, struct macros *ret)
{
	size_t list = 0;
	bool goes_on = false;

	for (const char *line = text; *line; line += *line == '\n') {
		size_t len = strcspn(line, "\n"), blanks = strspn(line, " \t\r");
		const char *name = line[blanks] == '#' && !goes_on ? defined_by(line) : NULL;
		size_t n = name ? strcspn(name, " \t\r\n(") : 0;

		if (name && name[n] != '(' && name[n] != '\n') {
			struct macro macro = {.list = list};

			macro.known = line[len - 1] != '\\' && evaluate(name + n, line + len - (name + n), &macro.value);
			define(ret, name, n, macro);
		} else if (!name && !goes_on && blanks < len) {
			list++;
		}
		goes_on = len && line[len - 1] == '\\';
		line += len;
	}
}

/* "CF" of "CF_CONNECTED"; 0: there is nothing behind it. */
static size_t first_word(const char *name)
{
	size_t blanks = strspn(name, "_"), len = blanks + strcspn(name + blanks, "_");

	return name[len] ? len : 0;
}

static bool same_list(const struct macros *m, size_t a, size_t b)
{
	const char *x = m->names.names.v[a], *y = m->names.names.v[b];
	size_t len = first_word(x);

	return m->v[a].list == m->v[b].list && len && len == first_word(y) && !strncmp(x, y, len);
}

static bool has_value(const struct macros *m, const char *name, int64_t value)
{
	size_t n = strmap_find(&m->names, name);

	return n != STRMAP_NONE && m->v[n].known && m->v[n].value == value;
}

/* The one of the list of @k that has got @value; STRMAP_NONE: none. */
static size_t who_got(const struct macros *pre, const struct macros *post, size_t k, int64_t value)
{
	for (size_t i = 0; i < post->names.names.n; i++)
		if (i != k && post->v[i].known && post->v[i].value == value && same_list(post, i, k) &&
		    !has_value(pre, post->names.names.v[i], value))
			return i;
	return STRMAP_NONE;
}

static void compare(const struct macros *pre, const struct macros *post, struct strv *lists, struct strv *what)
{
	for (size_t k = 0; k < post->names.names.n; k++) {
		const char *name = post->names.names.v[k];
		size_t was = strmap_find(&pre->names, name), heir;
		_cleanup_free_ char *list = xstrndup(name, first_word(name));

		if (was == STRMAP_NONE || !pre->v[was].known || !post->v[k].known || pre->v[was].value == post->v[k].value ||
		    strv_has(lists, list))
			continue;
		heir = who_got(pre, post, k, pre->v[was].value);
		if (heir == STRMAP_NONE)
			continue;
		strv_add(lists, list);
		strv_addf(what, "%s becomes %" PRId64 ", was %" PRId64 ", which %s is now", name, post->v[k].value, pre->v[was].value,
			  post->names.names.v[heir]);
	}
}

void number_macros_shifted(const char *pre, const char *post, struct strv *lists, struct strv *what)
{
	_cleanup_free_ char *was = layout_without_comments(pre), *is = layout_without_comments(post);
	struct macros a = {}, b = {};

	read_macros(was, &a);
	read_macros(is, &b);
	compare(&a, &b, lists, what);
	macros_free(&a);
	macros_free(&b);
}
