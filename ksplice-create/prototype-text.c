// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads from C how functions are called. */
#include "ksplice-create/prototype-text.h"

#include <stdbool.h>
#include <string.h>

#include "ksplice-create/c-tokens.h"
#include "ksplice-create/layout-text.h"
#include "ksplice-create/strmap.h"

static bool is_one_of(const struct c_token *t, const char *const *words, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (c_token_is(t, words[i]))
			return true;
	return false;
}

static bool is_punct(const struct c_token *t, char ch)
{
	return t->kind == C_PUNCT && *t->s == ch;
}

/* Words before a function that change nothing about how it is called. */
static bool is_ornament(const struct c_token *t)
{
	static const char *const words[] = {
		"extern", "static", "inline", "__inline", "__inline__", "__extension__", "_Noreturn", "__always_inline", "noinline",
		"noinline_for_stack", "asmlinkage", "notrace", "__visible", "__weak", "__must_check", "__cold", "__sched",
		"__kprobes", "__ref", "__pure", "__meminit",
	};

	return is_one_of(t, words, ARRAY_SIZE(words));
}

/* Words that are a part of a type, so that the last of them is no parameter's name. */
static bool is_of_a_type(const struct c_token *t)
{
	static const char *const words[] = {"void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool"};

	return is_one_of(t, words, ARRAY_SIZE(words));
}

static bool is_qualifier(const struct c_token *t)
{
	static const char *const words[] = {"const", "volatile", "restrict", "__restrict", "__restrict__", "register"};

	return is_one_of(t, words, ARRAY_SIZE(words));
}

/* Words with a parenthesis behind them that are no functions. */
static bool is_attribute(const struct c_token *t)
{
	static const char *const words[] = {"__attribute__", "__attribute", "__asm__", "asm", "__asm"};

	return is_one_of(t, words, ARRAY_SIZE(words));
}

static bool is_typeof(const struct c_token *t)
{
	static const char *const words[] = {"__typeof__", "typeof", "__typeof", "_Alignas"};

	return is_one_of(t, words, ARRAY_SIZE(words));
}

static bool is_tag_word(const struct c_token *t)
{
	return c_token_is(t, "struct") || c_token_is(t, "union") || c_token_is(t, "enum");
}

/* Blanks out directives with the lines that continue them: a macro's body is no definition. */
static void drop_directives(char *text)
{
	for (char *line = text; *line; line += *line == '\n') {
		bool directive = line[strspn(line, " \t")] == '#';

		for (; *line && *line != '\n'; line++) {
			bool goes_on = *line == '\\' && line[1] == '\n';

			if (directive)
				*line = ' ';
			if (directive && goes_on)
				*++line = ' ';
		}
	}
}

static void put(struct str *out, const struct c_token *t)
{
	str_addf(out, "%.*s ", (int)t->len, t->s);
}

static void add(struct c_tokens *list, const struct c_token *t, size_t *room)
{
	if (list->n == *room) {
		*room = *room * 2 + 64;
		list->v = xrealloc(list->v, *room * sizeof(*list->v));
	}
	list->v[list->n++] = *t;
}

/* One parameter, [i, end): the name is its last word, unless that is its type, or there is a pointer to a function. */
static void put_parameter(const struct c_tokens *list, size_t i, size_t end, struct str *out)
{
	size_t name = end, words = 0;

	for (size_t k = i; k < end && !is_punct(&list->v[k], '['); k++) {
		if (is_punct(&list->v[k], '(')) {
			name = end;
			break;
		}
		/* The word behind "struct" is one with it. */
		if (list->v[k].kind != C_WORD || is_qualifier(&list->v[k]) || (k > i && is_tag_word(&list->v[k - 1])))
			continue;
		words++;
		name = words > 1 && !is_of_a_type(&list->v[k]) ? k : end;
	}
	for (size_t k = i; k < end; k++)
		if (k != name)
			put(out, &list->v[k]);
}

/* @open to @end, behind the parenthesis that closes it. */
static void put_parameters(const struct c_tokens *list, size_t open, size_t end, struct str *out)
{
	size_t start = open + 1;

	str_add(out, "( ", 2);
	for (size_t i = start; i + 1 < end; i++) {
		if (is_punct(&list->v[i], '(') || is_punct(&list->v[i], '[')) {
			i = c_tokens_skip(list, i) - 1;
		} else if (is_punct(&list->v[i], ',')) {
			put_parameter(list, start, i, out);
			put(out, &list->v[i]);
			start = i + 1;
		}
	}
	put_parameter(list, start, end - 1, out);
	str_add(out, ") ", 2);
}

/*
 * Where the function's name is in what stands before its body or semicolon; list->n if it is none.  @plain: its parameters
 * follow and nothing else does.  In "int (*f(int a))(long)" they do not.
 */
static size_t find_name(const struct c_tokens *list, bool *plain)
{
	*plain = true;
	for (size_t i = 0; i + 1 < list->n; i++) {
		bool group = is_punct(&list->v[i + 1], '('), word = list->v[i].kind == C_WORD;

		if (is_punct(&list->v[i], '='))
			break;
		if (word && is_typeof(&list->v[i]) && group) {
			i = c_tokens_skip(list, i + 1) - 1;
		} else if (is_punct(&list->v[i], '[')) {
			i = c_tokens_skip(list, i) - 1;
		} else if (word && group && i + 2 < list->n && !is_punct(&list->v[i + 2], '*') && !is_of_a_type(&list->v[i])) {
			return i;
		} else if (is_punct(&list->v[i], '(')) {
			*plain = false;
		}
	}
	return list->n;
}

/* @list: "int foo(int a) __releases(x)", without attributes. */
static void put_prototype(const struct c_tokens *list, size_t name, bool plain, struct str *out)
{
	for (size_t k = 0; k < (plain ? name : list->n); k++)
		if (!is_ornament(&list->v[k]) && k != name)
			put(out, &list->v[k]);
	if (plain)
		put_parameters(list, name + 1, c_tokens_skip(list, name + 1), out);
}

/* Moves behind the brace that closes the one that was just opened. */
static void skip_body(struct c_lexer *l)
{
	int depth = 1;

	while (depth) {
		struct c_token t = c_next(l);

		if (t.kind == C_END)
			return;
		depth += is_punct(&t, '{') - is_punct(&t, '}');
	}
}

/* Moves behind the parentheses of an attribute, or of "asm volatile", whose keyword was just read. */
static void skip_attribute(struct c_lexer *l)
{
	bool opened = false;
	int depth = 0;

	while (!opened || depth) {
		struct c_token t = c_next(l);

		if (t.kind == C_END)
			return;
		opened |= is_punct(&t, '(');
		depth += is_punct(&t, '(') - is_punct(&t, ')');
	}
}

/*
 * The next thing at the top level, up to its body or semicolon and without attributes: "int foo(int a)".  False at the end.
 * *@body: it has one.
 */
static bool next_head(struct c_lexer *l, struct c_tokens *head, size_t *room, bool *body)
{
	head->n = 0;
	for (struct c_token t = c_next(l); t.kind != C_END; t = c_next(l)) {
		*body = is_punct(&t, '{');
		if (*body)
			skip_body(l);
		if (*body || is_punct(&t, ';'))
			return true;
		if (t.kind == C_WORD && is_attribute(&t))
			skip_attribute(l);
		else if (t.kind != C_PRAGMA)
			add(head, &t, room);
	}
	return false;
}

/* A line for each function that is defined, or, with @defined, for each declaration of one of these; @defined is added to. */
static void put_lines(const char *text, bool declarations, struct strmap *defined, struct str *ret)
{
	struct c_tokens head = {};
	bool body, plain;
	size_t room = 0;
	struct c_lexer l;

	c_lexer_init(&l, text);
	while (next_head(&l, &head, &room, &body)) {
		size_t at = body != declarations ? find_name(&head, &plain) : head.n;
		_cleanup_free_ char *name = at < head.n ? xstrndup(head.v[at].s, head.v[at].len) : NULL;

		if (!name || (declarations && strmap_find(defined, name) == STRMAP_NONE))
			continue;
		if (!declarations)
			strmap_add(defined, name);
		str_addf(ret, "%s%s\t", name, declarations ? "()" : "");
		put_prototype(&head, at, plain, ret);
		ret->s[ret->len - 1] = '\n';
	}
	free(head.v);
}

void prototypes_of(const char *text, struct str *ret)
{
	struct strmap defined = STRMAP_INIT;

	str_add(ret, "", 0);
	put_lines(text, false, &defined, ret);
	put_lines(text, true, &defined, ret);
	strmap_free(&defined);
}

/* Where "name (" is at the top of @list, which has been cut at its end at worst; list->n if nowhere. */
static size_t find_this(const struct c_tokens *list, const char *name)
{
	for (size_t i = 0; i + 1 < list->n; i++) {
		bool group = is_punct(&list->v[i + 1], '(');

		if (is_punct(&list->v[i], '=') || (is_punct(&list->v[i], '(') && c_tokens_skip(list, i) == list->n))
			break;
		if (is_punct(&list->v[i], '('))
			i = c_tokens_skip(list, i) - 1;
		else if (group && c_token_is(&list->v[i], name))
			return i;
	}
	return list->n;
}

char *prototype_declared(const char *source, const char *name)
{
	_cleanup_free_ char *text = layout_without_comments(source);
	struct c_tokens head = {};
	struct str out = STR_INIT;
	size_t room = 0;
	struct c_lexer l;
	bool body;

	drop_directives(text);
	str_add(&out, "", 0);
	c_lexer_init(&l, text);
	while (next_head(&l, &head, &room, &body)) {
		size_t at = find_this(&head, name);

		if (at < head.n)
			put_prototype(&head, at, true, &out);
	}
	free(head.v);
	while (out.len && out.s[out.len - 1] == ' ')
		out.s[--out.len] = 0;
	return out.s;
}
