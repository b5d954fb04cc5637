// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds variables in declarations and function bodies. */
#include "ksplice-create/source-variables.h"

#include <stdlib.h>
#include <string.h>

static bool is_punct(const struct c_token *t, const char *any)
{
	return t->kind == C_PUNCT && strchr(any, *t->s);
}

/* What changes nothing about what the bytes of the variable mean. */
static bool is_ornament(const struct c_token *t)
{
	static const char *const words[] = {"static", "const", "volatile", "register", "__const", "__extension__", "inline", "__inline"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (c_token_is(t, words[i]))
			return true;
	return false;
}

static bool is_typeof(const struct c_token *t)
{
	return c_token_is(t, "typeof") || c_token_is(t, "__typeof__") || c_token_is(t, "__typeof");
}

/*
 * The tokens of one declaration, without ornaments and attributes, up to and with its semicolon; "__typeof__(u32) x", as
 * DEFINE_PER_CPU() has it, without the first word and its parentheses.
 */
static struct c_tokens plain_tokens(const struct c_tokens *t, size_t i)
{
	struct c_tokens ret = {.v = xrealloc(NULL, (t->n - i + 1) * sizeof(*ret.v))};
	size_t unwrapped = t->n;	/* the parenthesis that closes such */
	int depth = 0;

	while (i < t->n) {
		size_t behind = c_tokens_skip_attributes(t, i);
		const struct c_token *token = &t->v[i];

		if (behind > i) {
			i = behind;
			continue;
		}
		if (!depth && is_typeof(token) && c_tokens_punct(t, i + 1, '(')) {
			unwrapped = c_tokens_skip(t, i + 1) - 1;
			i += 2;
			continue;
		}
		if (i++ == unwrapped)
			continue;
		depth += is_punct(token, "([{") - is_punct(token, ")]}");
		if (!is_ornament(token) && token->kind != C_PRAGMA)
			ret.v[ret.n++] = *token;
		if (!depth && is_punct(token, ";"))
			break;
	}
	return ret;
}

/* Where the declarator that begins at @i ends: at "=", "," or ";". */
static size_t declarator_end(const struct c_tokens *t, size_t i)
{
	while (i < t->n && !is_punct(&t->v[i], "=,;"))
		i = is_punct(&t->v[i], "([{") ? c_tokens_skip(t, i) : i + 1;
	return i < t->n ? i : t->n;
}

/* Behind the initial value, if one begins at @i. */
static size_t initial_end(const struct c_tokens *t, size_t i)
{
	while (i < t->n && !is_punct(&t->v[i], ",;"))
		i = is_punct(&t->v[i], "([{") ? c_tokens_skip(t, i) : i + 1;
	return i;
}

/* The place of the name in the declarator [i, end): "* name [ 4 ]", "( * name ) ( int )"; @end: it has none, or is a function's. */
static size_t name_of(const struct c_tokens *t, size_t i, size_t end)
{
	size_t name = end;

	for (; i < end && !is_punct(&t->v[i], "["); i++) {
		if (is_punct(&t->v[i], "(") && name < end)
			return end;
		if (is_punct(&t->v[i], ")"))
			break;
		if (t->v[i].kind == C_WORD)
			name = i;
	}
	return name;
}

static bool is_tag_word(const struct c_token *t)
{
	return c_token_is(t, "struct") || c_token_is(t, "union") || c_token_is(t, "enum");
}

/*
 * How many tokens stand before the first declarator: "struct foo", "unsigned long".  0: it declares no variable, or defines the type
 * as well: that is compared by itself, but for one that is defined in a function (@local), which belongs to what is declared there.
 */
static size_t specifier_end(const struct c_tokens *t, bool local)
{
	size_t end = declarator_end(t, 0), name;

	for (size_t i = 0; i < end; i++) {
		if (is_punct(&t->v[i], "*"))
			return i;
		/* int (*fn)(int), and not int fn(int) */
		if (is_punct(&t->v[i], "("))
			return c_tokens_punct(t, i + 1, '*') ? i : 0;
		if (is_punct(&t->v[i], "{"))
			return local ? c_tokens_skip(t, i) : 0;
	}
	name = name_of(t, 0, end);
	return name < end && !(name == 1 && is_tag_word(&t->v[0])) ? name : 0;
}

static void add_variables(const struct c_tokens *t, const char *function, const struct enumerators *e, struct str *ret)
{
	size_t specifier = specifier_end(t, *function), i = specifier;

	if (!specifier || c_token_is(&t->v[0], "typedef") || c_token_is(&t->v[0], "extern"))
		return;
	while (i < t->n) {
		size_t end = declarator_end(t, i), name = name_of(t, i, end);

		if (name < end) {
			str_addf(ret, "%.*s\tvariable %s\t", (int)t->v[name].len, t->v[name].s, function);
			enumerators_print(e, t->v, specifier, ret);
			enumerators_print(e, t->v + i, end - i, ret);
			str_add(ret, "\n", 1);
		}
		i = initial_end(t, end) + 1;
	}
}

/* "static int __attribute__((x)) f(int a) {": the word before the first parenthesis that is no attribute's; NULL: none. */
static char *function_name(const struct c_tokens *t)
{
	for (size_t i = 0; i + 1 < t->n; i++) {
		size_t behind = c_tokens_skip_attributes(t, i);

		if (behind > i)
			i = behind - 1;
		else if (t->v[i].kind == C_WORD && is_punct(&t->v[i + 1], "("))
			return xstrndup(t->v[i].s, t->v[i].len);
	}
	return NULL;
}

static void add_static_locals(const struct c_tokens *t, const struct enumerators *e, struct str *ret)
{
	_cleanup_free_ char *function = function_name(t);

	for (size_t i = 1; function && i < t->n; i++) {
		struct c_tokens plain;

		if (!c_token_is(&t->v[i], "static") || !is_punct(&t->v[i - 1], "{};"))
			continue;
		plain = plain_tokens(t, i);
		add_variables(&plain, function, e, ret);
		free(plain.v);
	}
}

void source_variables(const struct c_source *src, const struct enumerators *e, struct str *ret)
{
	for (size_t i = 0; i < src->nr_decls; i++) {
		struct c_tokens t, plain;

		if (!src->decls[i].used)
			continue;
		t = c_declaration_tokens(&src->decls[i]);
		if (src->decls[i].is_function) {
			add_static_locals(&t, e, ret);
		} else {
			plain = plain_tokens(&t, 0);
			add_variables(&plain, "", e, ret);
			free(plain.v);
		}
		free(t.v);
	}
}
