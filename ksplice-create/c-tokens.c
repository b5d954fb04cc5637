// SPDX-License-Identifier: GPL-2.0-or-later
/* Cuts preprocessed C into tokens. */
#include "ksplice-create/c-tokens.h"

#include <ctype.h>
#include <string.h>

void c_lexer_init(struct c_lexer *l, const char *text)
{
	*l = (struct c_lexer){.p = text, .line_start = true};
}

static bool is_word_start(unsigned char ch)
{
	return isalpha(ch) || ch == '_' || ch == '$' || ch >= 0x80;
}

static bool is_word(unsigned char ch)
{
	return is_word_start(ch) || isdigit(ch);
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
