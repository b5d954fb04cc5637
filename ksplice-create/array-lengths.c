// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/array-lengths.h"

#include <string.h>

/* The initial value of what has a "[" at @i; @t->n: it has none. */
static size_t initial_value(const struct c_tokens *t, size_t i)
{
	while (i < t->n && !(t->v[i].kind == C_PUNCT && strchr("=;,({})", *t->v[i].s))) {
		size_t behind = c_tokens_skip_attributes(t, i);

		if (behind == i)
			behind = c_tokens_punct(t, i, '[') ? c_tokens_skip(t, i) : i + 1;
		i = behind;
	}
	return c_tokens_punct(t, i, '=') && !c_tokens_punct(t, i + 1, '=') ? i + 1 : t->n;
}

/* "text" "and more": how long the tokens are will do. */
static size_t print_text(const struct c_tokens *t, size_t i, struct str *out)
{
	size_t len = 0;

	for (; i < t->n && t->v[i].kind == C_STRING; i++)
		len += t->v[i].len - 2;
	str_addf(out, "%zu ", len);
	return i;
}

/* A list in braces. */
static size_t print_list(const struct c_tokens *t, size_t i, struct str *out)
{
	size_t end = c_tokens_skip(t, i), elements = 0;
	struct str places = STR_INIT;
	bool begins = true;

	for (i++; i + 1 < end; i++) {
		bool bracket = t->v[i].kind == C_PUNCT && strchr("([{", *t->v[i].s);
		size_t behind = bracket ? c_tokens_skip(t, i) : i + 1;

		if (t->v[i].kind == C_PRAGMA)
			continue;
		elements += begins;
		for (size_t k = i; begins && c_tokens_punct(t, i, '[') && k < behind; k++)
			str_addf(&places, "%.*s ", (int)t->v[k].len, t->v[k].s);
		begins = c_tokens_punct(t, i, ',');
		i = behind - 1;
	}
	str_addf(out, "%zu %s", elements, places.s ?: "");
	str_free(&places);
	return end;
}

size_t array_length(const struct c_tokens *t, size_t i, struct str *out)
{
	size_t value = c_tokens_punct(t, i, '[') && c_tokens_punct(t, i + 1, ']') ? initial_value(t, i) : t->n;

	if (c_tokens_punct(t, value, '{'))
		return print_list(t, value, out);
	return value < t->n && t->v[value].kind == C_STRING ? print_text(t, value, out) : 0;
}
