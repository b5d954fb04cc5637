// SPDX-License-Identifier: GPL-2.0-or-later
/* Cuts preprocessed C into tokens. */
#include "ksplice-create/c-tokens.h"

#include <ctype.h>
#include <string.h>

#include "ksplice-create/util.h"

void c_lexer_init(struct c_lexer *l, const char *text)
{
	*l = (struct c_lexer){.p = text, .line_start = true};
}

/* A table, as megabytes go through here: what may begin a word, and what may go on with it. */
enum { START = 1, WITHIN = 2 };
static const unsigned char classes[256] = {
	['a' ... 'z'] = START | WITHIN, ['A' ... 'Z'] = START | WITHIN, ['_'] = START | WITHIN, ['$'] = START | WITHIN,
	[0x80 ... 0xff] = START | WITHIN, ['0' ... '9'] = WITHIN,
};

static bool is_word_start(unsigned char ch)
{
	return classes[ch] & START;
}

static bool is_word(unsigned char ch)
{
	return classes[ch] & WITHIN;
}

static const char *end_of_line(const char *p)
{
	return p + strcspn(p, "\n");
}

/* C11 6.4.8: 1.5e+3UL is one. */
static size_t number_len(const char *s)
{
	size_t n = 1;

	while (is_word(s[n]) || s[n] == '.' || (strchr("+-", s[n]) && s[n] && strchr("eEpP", s[n - 1])))
		n++;
	return n;
}

static size_t string_len(const char *s)
{
	size_t n = 1;

	while (s[n] && s[n] != s[0] && s[n] != '\n')
		n += s[n] == '\\' && s[n + 1] ? 2 : 1;
	return n + (s[n] == s[0]);
}

static struct c_token cut(const char *p)
{
	struct c_token t = {.s = p, .kind = C_PUNCT, .len = 1};

	if (is_word_start(*p)) {
		t.kind = C_WORD;
		while (is_word(p[t.len]))
			t.len++;
	} else if (isdigit((unsigned char)*p) || (*p == '.' && isdigit((unsigned char)p[1]))) {
		t.kind = C_NUMBER;
		t.len = number_len(p);
	} else if (*p == '"' || *p == '\'') {
		t.kind = C_STRING;
		t.len = string_len(p);
	}
	return t;
}

static bool stands_alone(const struct c_token *t)
{
	return t->kind == C_PUNCT && strchr("()[]{};,", *t->s);
}

struct c_token c_next(struct c_lexer *l)
{
	const char *before = l->p;
	struct c_token t;

	for (;; l->p++) {
		if (*l->p == '\n') {
			l->line_start = true;
		} else if (*l->p == '#' && l->line_start) {
			const char *end = end_of_line(l->p), *word = l->p + 1 + strspn(l->p + 1, " \t");

			if (!strncmp(word, "pragma", 6)) {
				t = (struct c_token){.kind = C_PRAGMA, .s = word, .len = end - word};
				l->p = end;
				l->last = t;
				return t;
			}
			l->p = end - 1;
		} else if (!isspace((unsigned char)*l->p)) {
			break;
		}
	}
	l->line_start = false;
	if (!*l->p)
		return (struct c_token){.kind = C_END, .s = l->p};
	t = cut(l->p);
	t.glued = l->last.kind != C_END && l->p == before && !stands_alone(&t) && !stands_alone(&l->last);
	l->p += t.len;
	l->last = t;
	return t;
}

bool c_token_is(const struct c_token *t, const char *word)
{
	return t->kind == C_WORD && t->len == strlen(word) && !memcmp(t->s, word, t->len);
}

struct c_tokens c_tokens_cut(const char *start, const char *end)
{
	struct c_tokens list = {};
	struct c_lexer l;
	size_t room = 0;

	c_lexer_init(&l, start);
	for (struct c_token t = c_next(&l); t.kind != C_END && t.s < end; t = c_next(&l)) {
		if (list.n == room) {
			room = room * 2 + 64;
			list.v = xrealloc(list.v, room * sizeof(*list.v));
		}
		list.v[list.n++] = t;
	}
	return list;
}

size_t c_tokens_skip(const struct c_tokens *t, size_t i)
{
	size_t depth = 0;

	for (; i < t->n; i++) {
		if (t->v[i].kind == C_PUNCT && strchr("([{", *t->v[i].s))
			depth++;
		else if (t->v[i].kind == C_PUNCT && strchr(")]}", *t->v[i].s) && !--depth)
			return i + 1;
	}
	return t->n;
}

size_t c_tokens_skip_attributes(const struct c_tokens *t, size_t i)
{
	while (i + 1 < t->n && (c_token_is(&t->v[i], "__attribute__") || c_token_is(&t->v[i], "__attribute")))
		i = c_tokens_skip(t, i + 1);
	return i;
}

bool c_tokens_punct(const struct c_tokens *t, size_t i, char ch)
{
	return i < t->n && t->v[i].kind == C_PUNCT && *t->v[i].s == ch;
}
