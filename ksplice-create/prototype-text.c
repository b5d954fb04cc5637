// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads from C, as it is written, how a function is called. */
#include "ksplice-create/prototype-text.h"

#include <stdbool.h>
#include <string.h>

#include "ksplice-create/c-tokens.h"
#include "ksplice-create/layout-text.h"
#include "ksplice-create/util.h"

/* Tokens of one declaration at the top level. */
struct tokens {
	struct c_token *v;
	size_t n, room;
};

static void add(struct tokens *list, const struct c_token *t)
{
	if (list->n == list->room) {
		list->room = list->room * 2 + 64;
		list->v = xrealloc(list->v, list->room * sizeof(*list->v));
	}
	list->v[list->n++] = *t;
}

static bool is(const struct c_token *t, const char *text)
{
	return t->len == strlen(text) && !memcmp(t->s, text, t->len);
}

/* Words before a function that change nothing about how it is called. */
static bool is_ornament(const struct c_token *t)
{
	static const char *const words[] = {
		"extern", "static", "inline", "__inline", "__always_inline", "noinline", "noinline_for_stack", "asmlinkage", "notrace",
		"__visible", "__weak", "__must_check", "__cold", "__sched", "__kprobes", "__ref", "__pure", "__meminit",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (is(t, words[i]))
			return true;
	return false;
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

/* The bracket that closes the one at @i, or the end. */
static size_t closing(const struct tokens *list, size_t i)
{
	int depth = 0;

	for (; i < list->n; i++) {
		if (list->v[i].kind != C_PUNCT)
			continue;
		depth += !!strchr("([{", *list->v[i].s) - !!strchr(")]}", *list->v[i].s);
		if (depth <= 0)
			break;
	}
	return i;
}

static void put(struct str *out, const struct c_token *t)
{
	str_addf(out, "%.*s ", (int)t->len, t->s);
}

/* One parameter, [i, end): the name is its last word, but for "void", a pointer to a function and what has one word only. */
static void put_parameter(const struct tokens *list, size_t i, size_t end, struct str *out)
{
	size_t name = end, words = 0;

	for (size_t k = i; k < end && !is(&list->v[k], "["); k++) {
		if (is(&list->v[k], "(")) {
			name = end;
			break;
		}
		if (list->v[k].kind != C_WORD)
			continue;
		words++;
		name = k;
	}
	for (size_t k = i; k < end; k++)
		if (k != name || words < 2)
			put(out, &list->v[k]);
}

static void put_parameters(const struct tokens *list, size_t open, size_t close, struct str *out)
{
	size_t start = open + 1;

	str_add(out, "( ", 2);
	for (size_t i = start; i < close; i++) {
		if (is(&list->v[i], "(") || is(&list->v[i], "[")) {
			i = closing(list, i);
		} else if (is(&list->v[i], ",")) {
			put_parameter(list, start, i, out);
			put(out, &list->v[i]);
			start = i + 1;
		}
	}
	put_parameter(list, start, close, out);
	str_add(out, ") ", 2);
}

/* @list is what stands before a body: "int foo(int a) __releases(x)". */
static void put_head(const struct tokens *list, const char *name, struct str *out)
{
	for (size_t i = 0; i + 1 < list->n; i++) {
		size_t close;

		if (is(&list->v[i], "("))
			i = closing(list, i);
		if (i + 1 >= list->n || !is(&list->v[i], name) || !is(&list->v[i + 1], "("))
			continue;
		close = closing(list, i + 1);
		if (close >= list->n)
			return;
		for (size_t k = 0; k < i; k++)
			if (!is_ornament(&list->v[k]))
				put(out, &list->v[k]);
		put_parameters(list, i + 1, close, out);
		return;
	}
}

/* Moves behind the bracket that closes what was just opened. */
static void skip_body(struct c_lexer *l)
{
	int depth = 1;

	while (depth) {
		struct c_token t = c_next(l);

		if (t.kind == C_END)
			return;
		depth += is(&t, "{") - is(&t, "}");
	}
}

char *prototype_text(const char *source, const char *name)
{
	_cleanup_free_ char *text = layout_without_comments(source);
	struct tokens head = {};
	struct str out = STR_INIT;
	struct c_lexer l;

	drop_directives(text);
	str_add(&out, "", 0);
	c_lexer_init(&l, text);
	for (struct c_token t = c_next(&l); t.kind != C_END; t = c_next(&l)) {
		if (is(&t, "{")) {
			put_head(&head, name, &out);
			skip_body(&l);
			head.n = 0;
		} else if (is(&t, ";")) {
			head.n = 0;
		} else {
			add(&head, &t);
		}
	}
	free(head.v);
	while (out.len && out.s[out.len - 1] == ' ')
		out.s[--out.len] = 0;
	return out.s;
}
