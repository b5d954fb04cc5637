/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tokens of preprocessed C. */
#ifndef KSPLICE_CREATE_C_TOKENS_H
#define KSPLICE_CREATE_C_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

enum c_kind {
	C_END,
	C_WORD,		/* identifier or keyword */
	C_NUMBER,
	C_STRING,	/* string or character constant, without a prefix such as L */
	C_PUNCT,	/* one character, though it may be a part of "->" */
	C_PRAGMA,	/* a whole line */
};

struct c_token {
	enum c_kind kind;
	const char *s;
	size_t len;
	bool glued;	/* nothing stands between it and the token before it, and that may matter: "+" "+" and "++" */
};

struct c_lexer {
	const char *p;
	bool line_start;
	struct c_token last;
};

void c_lexer_init(struct c_lexer *l, const char *text);
/* The next token; C_END at the end, and forever. Line markers are passed over. */
struct c_token c_next(struct c_lexer *l);

/* A list of tokens. */
struct c_tokens {
	struct c_token *v;
	size_t n;
};
/* Those from @start to @end, which is in the same text. .v is to be freed. */
struct c_tokens c_tokens_cut(const char *start, const char *end);
bool c_token_is(const struct c_token *t, const char *word);
bool c_tokens_punct(const struct c_tokens *t, size_t i, char ch); /* is there one at @i? */
size_t c_tokens_skip(const struct c_tokens *t, size_t i); /* behind the bracket that closes the one at @i */
size_t c_tokens_skip_attributes(const struct c_tokens *t, size_t i); /* behind those that begin at @i, if any */

#endif
