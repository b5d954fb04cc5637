/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Preprocessed C as a list of top-level declarations, with the names that each declares and mentions. */
#ifndef KSPLICE_CREATE_C_SOURCE_H
#define KSPLICE_CREATE_C_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ksplice-create/c-tokens.h"
#include "ksplice-create/util.h"

/* Growing list of numbers. */
struct c_ids {
	uint32_t *v;
	size_t n, room;
};

/* An identifier; its number is its place in the list of all. */
struct c_name {
	const char *s;
	size_t len;
	uint64_t hash;
	uint32_t next;		/* in its hash chain, +1 */
	bool keyword, keeper, gnu_inline;	/* c-reader.c: what it is to the compiler */
	bool used;
	struct c_ids in;		/* the declarations that declare it */
};

struct c_declaration {
	uint64_t hash[2];	/* of its tokens */
	struct c_ids mentions;
	const char *start, *end;	/* its text */
	bool used, is_function;
	bool is_type, has_union;	/* begins with "struct", "union", "typedef"; has "union" in it, and is such */
};

struct c_source {
	struct c_name *names;
	size_t nr_names, room_names;
	uint32_t *chains;
	struct c_declaration *decls;
	size_t nr_decls, room_decls;
	struct strv owned;	/* names that are nowhere in the text as they are: of strings */
};

/* An empty one.  False: out of memory. */
bool c_source_init(struct c_source *src);
/* Cuts @text, which must stay, and finds what is used.  False: out of memory. */
bool c_source_read(struct c_source *src, const char *text);
void c_source_free(struct c_source *src);

/* The number of an identifier, which is added if it is new. */
uint32_t c_source_name(struct c_source *src, const char *s, size_t len);
uint32_t c_source_name_in_string(struct c_source *src, const char *s, size_t len); /* @s may go */
void c_ids_add(struct c_ids *ids, uint32_t id); /* unless it is the last */
/* One more token for the hash; the second where the hash of the token's text is known. */
void c_declaration_mix(struct c_declaration *d, const struct c_token *t);
void c_declaration_mix_hash(struct c_declaration *d, const struct c_token *t, uint64_t hash);
/* Its tokens; .v is to be freed. */
struct c_tokens c_declaration_tokens(const struct c_declaration *d);

/* c-reader.c: from text to declarations, each with .used for those that make code or data by themselves. */
void c_source_cut(struct c_source *src, const char *text);
/* c-usage.c: sets .used of what these mention, and what that mentions, and so on. */
void c_source_find_used(struct c_source *src);

#endif
