// SPDX-License-Identifier: GPL-2.0-or-later
/* What the text of a type says: has it changed, and do old objects still fit it? */
#include "ksplice-create/layout-text.h"

#include <ctype.h>
#include <string.h>

#include "ksplice-create/array-lengths.h"
#include "ksplice-create/c-tokens.h"
#include "ksplice-create/util.h"

char *layout_without_comments(const char *p)
{
	struct str out = STR_INIT;
	char quote = 0;

	str_add(&out, "", 0);
	while (*p) {
		size_t n = 1;

		if (!quote && p[0] == '/' && p[1] == '*') {
			const char *end = strstr(p + 2, "*/");

			str_add(&out, " ", 1);
			p = end ? end + 2 : p + strlen(p);
			continue;
		}
		if (!quote && p[0] == '/' && p[1] == '/') {
			p += strcspn(p, "\n");
			continue;
		}
		if (!quote && (*p == '"' || *p == '\''))
			quote = *p;
		else if (quote && (*p == quote || *p == '\n'))
			quote = 0;
		else if (quote && *p == '\\' && p[1])
			n = 2;
		str_add(&out, p, n);
		p += n;
	}
	return out.s;
}

/* Lines that begin with "#", with those that continue them. */
static void add_directives(const char *text, struct str *out)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *end = line;

		if (line[strspn(line, " \t")] != '#')
			continue;
		do
			end += strcspn(end, "\n");
		while (end > line && end[-1] == '\\' && *end++);
		for (const char *p = line; p < end; p++)
			if (!isspace((unsigned char)*p) || !isspace((unsigned char)p[-(p > line)]))
				str_add(out, isspace((unsigned char)*p) ? " " : p, 1);
		while (out->len && out->s[out->len - 1] == ' ')
			out->s[--out->len] = 0;
		str_add(out, "\n", 1);
		line = end - (end > line && end[-1] == '\n');
	}
}

/* "SUBSYS(cpuset)" at the left margin: a macro that may make a part of a type of it, where the file is included for that. */
static bool is_call_at_margin(const char *text, const struct c_token *t, const struct c_lexer *behind)
{
	struct c_lexer l = *behind;
	struct c_token next = c_next(&l);

	return t->kind == C_WORD && (t->s == text || t->s[-1] == '\n') && next.kind == C_PUNCT && *next.s == '(';
}

static bool is_word(const struct c_token *t, const char *word)
{
	return t->kind == C_WORD && t->len == strlen(word) && !memcmp(t->s, word, t->len);
}

/* Copies tokens up to the bracket that closes the first, and on to the semicolon. */
static void add_definition(struct c_lexer *l, struct str *out)
{
	int depth = 0;

	for (struct c_token t = c_next(l); t.kind != C_END; t = c_next(l)) {
		str_addf(out, "%.*s ", (int)t.len, t.s);
		if (t.kind != C_PUNCT)
			continue;
		depth += !!strchr("([{", *t.s) - !!strchr(")]}", *t.s);
		/* "struct foo *f(void) {": no definition, but its body has to be looked through. */
		if (depth <= 0 && strchr(";})", *t.s))
			break;
	}
	str_add(out, "\n", 1);
}

/* "int f(void) { return 1; }", "struct s { int a; };", and not "struct s a = {" */
static bool is_body_line(const char *line, size_t len)
{
	return memchr(line, '{', len) && !memchr(line, '=', len);
}

/* Lines that look like declarations of variables: at the left margin, or static, and ending there or with a value. */
static void add_variables(const char *text, struct str *out)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t len = strcspn(line, "\n"), blanks = strspn(line, " \t");
		bool is_static = !strncmp(line + blanks, "static", 6) && isspace((unsigned char)line[blanks + 6]);

		bool at_margin = isalpha((unsigned char)*line) || *line == '_';

		if (memchr(line, '#', len) || (!at_margin && !is_static) || !(memchr(line, ';', len) || memchr(line, '=', len)) ||
		    is_body_line(line, len))
			continue;
		str_add(out, line, len);
		str_add(out, "\n", 1);
	}
}

/* How many elements arrays have that say it by these alone: an array of a structure may have as many. */
static void add_lengths(const char *text, struct str *out)
{
	struct c_tokens t = c_tokens_cut(text, text + strlen(text));

	for (size_t i = 1; i < t.n; i++) {
		if (array_length(&t, i, out))
			str_addf(out, "of %.*s\n", (int)t.v[i - 1].len, t.v[i - 1].s);
	}
	free(t.v);
}

char *layout_outline(const char *source)
{
	_cleanup_free_ char *text = layout_without_comments(source);
	struct str out = STR_INIT;
	struct c_lexer l;

	str_add(&out, "", 0);
	add_directives(text, &out);
	add_variables(text, &out);
	add_lengths(text, &out);
	c_lexer_init(&l, text);
	for (struct c_token t = c_next(&l); t.kind != C_END; t = c_next(&l)) {
		struct c_lexer behind = l;
		struct c_token next;

		if (is_word(&t, "typedef") || is_call_at_margin(text, &t, &l)) {
			add_definition(&l, &out);
			continue;
		}
		if (!is_word(&t, "struct") && !is_word(&t, "union") && !is_word(&t, "enum"))
			continue;
		for (next = c_next(&behind); next.kind == C_WORD; next = c_next(&behind))
			if (is_word(&next, "__attribute__"))
				break;
		if (next.kind == C_WORD || (next.kind == C_PUNCT && *next.s == '{'))
			add_definition(&l, &out);
	}
	return out.s;
}

/* The members of "struct { int a ; struct { ... } b ; } __attribute__ ...", and what stands behind the brace. */
static bool split_members(const char *text, struct strv *ret, const char **behind)
{
	const char *p = strchr(text, '{'), *start;
	int depth = 0;

	if (!p)
		return false;
	for (start = p + 1 + strspn(p + 1, " "); *p; p++) {
		if (strchr("([{", *p))
			depth++;
		else if (strchr(")]}", *p) && !--depth)
			break;
		if (*p != ';' || depth != 1)
			continue;
		strv_addf(ret, "%.*s", (int)(p - start), start);
		start = p + 1 + strspn(p + 1, " ");
	}
	*behind = *p ? p + 1 + strspn(p + 1, " ") : p;
	return *p;
}

static bool is_plain_pointer(const char *member)
{
	return strchr(member, '*') && !member[strcspn(member, "[](){},:")];
}

/*
 * "union { A ; B ; }": does A, a member or an anonymous structure of members, stand at @old (of @nr), and has each of the others the
 * same size?  Returns how many of @old it stands for, 0 if not.
 */
static size_t other_names(const char *member, char **old, size_t nr)
{
	_cleanup_strv_ struct strv parts = STRV_INIT, first = STRV_INIT, other = STRV_INIT;
	const char *behind, *tail;

	if (!starts_with(member, "union {") || !split_members(member, &parts, &behind) || *behind || parts.n < 2)
		return 0;
	if (is_plain_pointer(parts.v[0]) && !strcmp(parts.v[0], old[0])) {
		for (size_t i = 1; i < parts.n; i++)
			if (!is_plain_pointer(parts.v[i]))
				return 0;
		return 1;
	}
	if (!starts_with(parts.v[0], "struct {") || !split_members(parts.v[0], &first, &tail) || *tail || first.n > nr)
		return 0;
	for (size_t i = 0; i < first.n; i++)
		if (strcmp(first.v[i], old[i]))
			return 0;
	for (size_t i = 1; i < parts.n; i++) {
		bool same;

		strv_free(&other);
		same = starts_with(parts.v[i], "struct ") && split_members(parts.v[i], &other, &tail) && other.n == first.n &&
		       !strstr(tail, "__attribute__") && !tail[strcspn(tail, "[*,")];
		for (size_t k = 0; same && k < other.n; k++)
			same = !strcmp(other.v[k], first.v[k]);
		if (!same)
			return 0;
	}
	return first.n;
}

static char *say(const char *verb, const char *member)
{
	size_t len = strlen(member);

	while (len && member[len - 1] == ' ')
		len--;
	return xasprintf("%s '%.*s%s'", verb, len > 60 ? 60 : (int)len, member, len > 60 ? "..." : "");
}

static char *say_difference(const struct strv *old, const struct strv *new)
{
	for (size_t i = 0; i < new->n; i++)
		if (!strv_has(old, new->v[i]))
			return say("it gets", new->v[i]);
	for (size_t i = 0; i < old->n; i++)
		if (!strv_has(new, old->v[i]))
			return say("it loses", old->v[i]);
	return xstrdup("its members are arranged otherwise");
}

bool layout_is_kept(const char *pre, const char *post, char **what)
{
	_cleanup_strv_ struct strv old = STRV_INIT, new = STRV_INIT;
	const char *a = "", *b = "";
	size_t i = 0, j = 0;

	*what = NULL;
	if (!strcmp(pre, post))
		return true;
	if (!split_members(pre, &old, &a) || !split_members(post, &new, &b) || strcmp(a, b) || pre[0] != post[0]) {
		*what = xstrdup("its attributes are others");
		return false;
	}
	for (; i < old.n && j < new.n; j++) {
		size_t n = strcmp(old.v[i], new.v[j]) ? other_names(new.v[j], &old.v[i], old.n - i) : 1;

		if (!n)
			break;
		i += n;
	}
	if (i == old.n && j == new.n)
		return true;
	*what = say_difference(&old, &new);
	return false;
}

bool layout_is_like(const char *pre, const char *post)
{
	_cleanup_strv_ struct strv old = STRV_INIT, new = STRV_INIT;
	const char *behind;
	size_t both = 0;

	if (!split_members(pre, &old, &behind) || !split_members(post, &new, &behind))
		return false;
	for (size_t i = 0; i < old.n; i++)
		both += strv_has(&new, old.v[i]);
	return both > 1 && both * 2 > old.n;
}

bool layout_defines(const char *text, const char *name)
{
	struct c_tokens t = c_tokens_cut(text, text + strlen(text));
	bool found = false;

	for (size_t i = 1; i + 1 < t.n && !found; i++)
		found = c_token_is(&t.v[i], name) && (c_token_is(&t.v[i - 1], "struct") || c_token_is(&t.v[i - 1], "union")) &&
			c_tokens_punct(&t, c_tokens_skip_attributes(&t, i + 1), '{');
	free(t.v);
	return found;
}
