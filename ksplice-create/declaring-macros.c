// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/declaring-macros.h"

#include <ctype.h>
#include <string.h>

#include "ksplice-create/util.h"

static bool is_one_of(const struct c_token *t, const char *const *words, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (c_token_is(t, words[i]))
			return true;
	return false;
}

/* Words behind which the type is still to come. */
static bool is_before_type(const struct c_token *t)
{
	static const char *const words[] = {"static", "extern", "inline", "__inline", "__inline__", "typedef", "register", "const", "volatile",
					    "struct", "union", "enum", "__extension__"};

	return is_one_of(t, words, ARRAY_SIZE(words));
}

/* Words of the language that have a parenthesis behind them, or are a type before the declarator in one: int (*f)(void). */
static bool has_own_parenthesis(const struct c_token *t)
{
	static const char *const words[] = {"__attribute__", "__attribute", "asm", "__asm__", "__asm", "_Static_assert", "typeof", "__typeof__",
					    "__typeof", "_Alignas", "void", "char", "short", "int", "long", "signed", "unsigned", "float",
					    "double", "_Bool"};

	return is_one_of(t, words, ARRAY_SIZE(words));
}

/* "DECLARE_EVENT" */
static bool is_upper_case(const struct c_token *t)
{
	bool letter = false;

	for (size_t i = 0; i < t->len; i++) {
		letter |= isupper((unsigned char)t->s[i]);
		if (islower((unsigned char)t->s[i]))
			return false;
	}
	return letter;
}

/* "__printf(1, 2) int": an attribute has something behind it that it is about. */
static bool is_attribute(const struct c_tokens *t, size_t i, size_t behind)
{
	return t->v[i].len > 2 && !memcmp(t->v[i].s, "__", 2) && behind < t->n && t->v[behind].kind == C_WORD;
}

/*
 * "word(" at @i, at the top.  A declarator has a type before it (@typed), and no second parenthesis behind the one of its
 * parameters: build_mmio_read(readb, ...) of arch/x86/include/asm/io.h; static int FNAME(walk)(struct walker *w).
 */
static bool is_macro_call(const struct c_tokens *t, size_t i, bool typed)
{
	size_t behind = c_tokens_skip(t, i + 1);

	if (has_own_parenthesis(&t->v[i]) || c_tokens_punct(t, i + 2, '*'))
		return false;
	if (is_upper_case(&t->v[i]) || c_tokens_punct(t, behind, '('))
		return true;
	return !typed && !is_attribute(t, i, behind);
}

/* "enum [attributes] [name] {" at @i: "state(idle)" among the enumerators is one that is not called so. */
static bool makes_enumerators(const struct c_tokens *t, size_t i)
{
	size_t open = c_tokens_skip_attributes(t, i + 1), end;
	bool begins = true;

	open += open < t->n && t->v[open].kind == C_WORD;
	open = c_tokens_skip_attributes(t, open);
	if (!c_tokens_punct(t, open, '{'))
		return false;
	end = c_tokens_skip(t, open);
	for (i = open + 1; i < end; i++) {
		if (t->v[i].kind == C_PRAGMA)
			continue;
		if (begins && t->v[i].kind == C_WORD && c_tokens_punct(t, i + 1, '('))
			return true;
		begins = c_tokens_punct(t, i, ',');
		if (t->v[i].kind == C_PUNCT && strchr("([{", *t->v[i].s))
			i = c_tokens_skip(t, i) - 1;
	}
	return false;
}

bool declaring_macros(const struct c_tokens *t)
{
	bool typed = false;

	for (size_t i = 0; i < t->n; i++)
		if (c_token_is(&t->v[i], "enum") && makes_enumerators(t, i))
			return true;
	for (size_t i = 0, next; i < t->n; i = next) {
		bool bracket = t->v[i].kind == C_PUNCT && strchr("([{", *t->v[i].s);

		next = bracket ? c_tokens_skip(t, i) : i + 1;
		if (t->v[i].kind != C_WORD)
			continue;
		if (c_tokens_punct(t, i + 1, '(') && is_macro_call(t, i, typed))
			return true;
		typed |= !is_before_type(&t->v[i]) && !c_tokens_punct(t, i + 1, '(');
	}
	return false;
}
