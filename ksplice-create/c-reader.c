// SPDX-License-Identifier: GPL-2.0-or-later
/* Cuts preprocessed C into top-level declarations, and sees what each declares and mentions. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/c-source.h"
#include "ksplice-create/util.h"

/* The order is that of the enum below. */
static const char *const keywords[] = {
	"struct", "union", "enum", "static", "extern", "inline", "__inline", "__inline__", "typedef", "__attribute__",
	"__attribute", "asm", "__asm__", "__asm", "_Static_assert", "typeof", "__typeof__", "__typeof", "_Alignas",
	"auto", "char", "const", "double", "float", "int", "long", "register", "restrict", "short", "signed", "sizeof",
	"unsigned", "void", "volatile", "_Bool", "_Complex", "__const", "__const__", "__volatile__", "__signed__", "__restrict",
	"__restrict__", "__extension__", "__int128", "_Thread_local", "__thread", "_Atomic", "_Noreturn", "__auto_type",
};
enum { K_STRUCT, K_UNION, K_ENUM, K_STATIC, K_EXTERN, K_INLINE, K_INLINE3 = K_INLINE + 2, K_TYPEDEF, K_ATTRIBUTE,
       K_ATTRIBUTE2, K_ASM, K_ASM3 = K_ASM + 2, K_ASSERT, K_TYPEOF, K_TYPEOF3 = K_TYPEOF + 2, K_ALIGNAS, NR_WITH_PARENS };

/* Attributes that make the compiler keep what nobody refers to, or emit a symbol for a mere declaration. */
static const char *const keepers[] = {
	"used", "__used__", "alias", "__alias__", "constructor", "__constructor__", "destructor", "__destructor__", "ifunc",
	"__ifunc__", "weakref", "__weakref__", "retain", "__retain__", "symver", "__symver__", "externally_visible",
	"__externally_visible__",
};

/* Kinds of nesting. */
enum nest { N_PAREN, N_BRACKET, N_BODY /* of a function */, N_TAG, N_ENUM, N_INIT };

/* The declaration that is being read. */
struct reader {
	struct c_source *src;
	struct c_declaration *d;	/* NULL between declarations */
	uint32_t index;		/* its number */
	enum nest *stack;
	size_t depth, room;
	size_t nr_tokens;
	struct c_token prev;
	uint32_t prev_id;	/* of a word */
	uint32_t first_id;	/* of the first token, UINT32_MAX for none */
	bool is_static, is_extern, is_inline, gnu_inline, is_typedef, has_init, is_function, keeps, has_union;
	unsigned prototypes, declarators;
	/* A parenthesis at the top: int (*fp)(int). */
	bool group_declares, group_params;
	unsigned group_words, group_tokens;
	uint32_t group_word;
	/* struct [attributes] [name] { */
	int tag;		/* 0: no; 1: behind the keyword; 2: behind the name */
	bool tag_enum, tag_attribute;
	size_t tag_depth;
	uint32_t tag_id;
	/* __attribute__((alias("name"))), asm volatile("call name"). */
	bool strings_next;	/* behind such a keyword */
	size_t strings_depth;	/* of its parenthesis, 0 for none */
	struct str strings;	/* those that follow each other in it */
};

static bool keyword_is(uint32_t id, unsigned first, unsigned last)
{
	return id >= first && id <= last;
}

static bool is_punct(const struct c_token *t, char ch)
{
	return t->kind == C_PUNCT && *t->s == ch;
}

static void declare(struct reader *r, uint32_t id)
{
	if (!r->src->names[id].keyword)
		c_ids_add(&r->src->names[id].in, r->index);
}

static void begin(struct reader *r)
{
	struct c_source *src = r->src;

	if (src->nr_decls == src->room_decls) {
		src->room_decls = src->room_decls * 2 + 1024;
		src->decls = xrealloc(src->decls, src->room_decls * sizeof(*src->decls));
	}
	r->index = src->nr_decls;
	r->d = &src->decls[src->nr_decls++];
	*r->d = (struct c_declaration){.hash = {0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f}};
	r->nr_tokens = r->depth = 0;
	r->prev = (struct c_token){.kind = C_END};
	r->prev_id = r->first_id = UINT32_MAX;
	r->is_static = r->is_extern = r->is_inline = r->gnu_inline = r->is_typedef = r->has_init = r->is_function = r->keeps = r->has_union = false;
	r->prototypes = r->declarators = 0;
	r->group_declares = r->group_params = false;
	r->tag = 0;
	r->strings_next = false;
	r->strings_depth = 0;
}

/* Does it make code or data without being mentioned? In doubt, yes. */
static bool is_root(const struct reader *r)
{
	bool tag_only = keyword_is(r->first_id, K_STRUCT, K_ENUM) && r->nr_tokens == 3;

	if (r->keeps)
		return true;
	if (r->is_function)
		return !r->is_static && !(r->is_extern && r->is_inline && r->gnu_inline);
	if (r->is_typedef || r->first_id == K_ASSERT || tag_only)
		return false;
	if (r->is_extern && !r->has_init)
		return false;
	if (r->is_static && !keyword_is(r->first_id, K_ASM, K_ASM3))
		return false;
	if (!r->declarators && !r->has_init && (r->prototypes || keyword_is(r->first_id, K_STRUCT, K_ENUM)))
		return false;
	return true;
}

static void end(struct reader *r)
{
	/* A lone semicolon. */
	if (r->nr_tokens == 1 && is_punct(&r->prev, ';'))
		r->src->nr_decls--;
	else
		r->d->used = is_root(r);
	r->d->is_function = r->is_function;
	r->d->is_type = keyword_is(r->first_id, K_STRUCT, K_UNION) || r->first_id == K_TYPEDEF;
	r->d->has_union = r->d->is_type && !r->is_function && r->has_union;
	r->d->end = r->prev.s + r->prev.len;
	r->d = NULL;
}

static void push(struct reader *r, enum nest kind)
{
	if (r->depth == r->room) {
		r->room = r->room * 2 + 64;
		r->stack = xrealloc(r->stack, r->room * sizeof(*r->stack));
	}
	r->stack[r->depth++] = kind;
}

/* The name before @t at the top: what is it? */
static void top_level_name(struct reader *r, const struct c_token *t, uint32_t id)
{
	bool ends = t->kind == C_PUNCT ? strchr(";,=[:", *t->s) != NULL
				       : t->kind == C_WORD && keyword_is(id, K_ATTRIBUTE, K_ASM3);

	if (r->prev.kind != C_WORD || r->src->names[r->prev_id].keyword || !ends)
		return;
	declare(r, r->prev_id);
	r->declarators++;
}

/* "(" at the top: parameters of the name before it, a declarator in parentheses, or an attribute's. */
static void open_group(struct reader *r)
{
	bool word = r->prev.kind == C_WORD, keyword = word && r->src->names[r->prev_id].keyword;

	r->group_words = r->group_tokens = 0;
	r->group_params = word && !keyword;
	r->group_declares = !r->group_params && !(keyword && keyword_is(r->prev_id, K_ATTRIBUTE, NR_WITH_PARENS - 1)) &&
			    !is_punct(&r->prev, ')');
	if (r->group_params)
		declare(r, r->prev_id);
}

/* In such a group. */
static void group_token(struct reader *r, const struct c_token *t, uint32_t id)
{
	bool first = !r->group_tokens++;

	if (first && r->group_params && (is_punct(t, '*') || is_punct(t, '(') || is_punct(t, '^') ||
					 (t->kind == C_WORD && keyword_is(id, K_ATTRIBUTE, K_ATTRIBUTE2)))) {
		r->group_params = false;
		r->group_declares = true;
	}
	if (t->kind != C_WORD)
		return;
	r->group_words++;
	r->group_word = id;
	if (r->group_declares)
		declare(r, id);
}

static void close_group(struct reader *r)
{
	bool lone = r->group_params && r->group_tokens == 1 && r->group_words == 1 &&
		    !r->src->names[r->group_word].keyword;

	if (lone)
		declare(r, r->group_word);
	if (r->group_declares || lone)
		r->declarators++;
	else if (r->group_params)
		r->prototypes++;
	r->group_declares = r->group_params = false;
}

static enum nest brace_kind(struct reader *r)
{
	bool tag = r->tag && r->depth == r->tag_depth;

	if (tag && r->tag == 2)
		declare(r, r->tag_id);
	if (tag)
		return r->tag_enum ? N_ENUM : N_TAG;
	return r->depth ? N_INIT : r->has_init ? N_INIT : N_BODY;
}

/* Follows "struct", attributes, a name, up to "{". */
static void follow_tag(struct reader *r, const struct c_token *t, uint32_t id)
{
	if (t->kind == C_WORD && keyword_is(id, K_STRUCT, K_ENUM)) {
		r->tag = 1;
		r->tag_enum = id == K_ENUM;
		r->tag_depth = r->depth;
		r->tag_attribute = false;
	} else if (!r->tag || r->depth > r->tag_depth) {
		return;
	} else if (t->kind == C_WORD && keyword_is(id, K_ATTRIBUTE, K_ATTRIBUTE2)) {
		r->tag_attribute = true;
	} else if (r->tag_attribute && (is_punct(t, '(') || is_punct(t, ')'))) {
		r->tag_attribute = !is_punct(t, ')');
	} else if (r->tag == 1 && t->kind == C_WORD && !r->src->names[id].keyword) {
		r->tag = 2;
		r->tag_id = id;
	} else {
		r->tag = 0;
	}
}

static void note_specifier(struct reader *r, uint32_t id)
{
	r->is_static |= id == K_STATIC;
	r->is_extern |= id == K_EXTERN;
	r->is_inline |= keyword_is(id, K_INLINE, K_INLINE3);
	r->is_typedef |= id == K_TYPEDEF;
}

static bool in_body(const struct reader *r)
{
	return r->depth && r->stack[0] == N_BODY;
}

static void mention_words(struct reader *r, const char *s, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		for (n = 0; i + n < len && (isalnum((unsigned char)s[i + n]) || s[i + n] == '_'); n++)
			;
		if (n)
			c_ids_add(&r->d->mentions, c_source_name_in_string(r->src, s + i, n));
		n += !n;
	}
}

/* What a string says, added to those before it, which are one with it. */
static void add_string(struct str *to, const struct c_token *t)
{
	for (size_t i = 1; i + 1 < t->len; i++) {
		bool escape = t->s[i] == '\\';

		i += escape;
		/* "\tname": the letter is none of a name. */
		str_add(to, escape ? " " : t->s + i, 1);
	}
}

/*
 * Names in strings that the compiler or the assembler takes for such: the function that alias() or ifunc() of an attribute means
 * is made for it, though no other word of the source mentions it.
 */
static void follow_strings(struct reader *r, const struct c_token *t, uint32_t id)
{
	bool word = t->kind == C_WORD;

	if (t->kind == C_STRING && r->strings_depth) {
		add_string(&r->strings, t);
		return;
	}
	if (r->strings.len)
		mention_words(r, r->strings.s, r->strings.len);
	str_free(&r->strings);
	if (is_punct(t, '(') && r->strings_next && !r->strings_depth)
		r->strings_depth = r->depth + 1;
	else if (is_punct(t, ')') && r->depth == r->strings_depth)
		r->strings_depth = 0;
	r->strings_next = word && (r->strings_next || keyword_is(id, K_ATTRIBUTE, K_ASM3));
	/* #pragma weak api = name */
	if (t->kind == C_PRAGMA)
		mention_words(r, t->s, t->len);
}

static void take_word(struct reader *r, const struct c_token *t, uint32_t id)
{
	c_ids_add(&r->d->mentions, id);
	r->has_union |= id == K_UNION;
	if (!r->depth)
		note_specifier(r, id);
	else if (r->stack[r->depth - 1] == N_ENUM && (is_punct(&r->prev, '{') || is_punct(&r->prev, ',')))
		declare(r, id);
	if (in_body(r))
		return;
	/* C11's extern inline, without it, makes a function that others can call. */
	r->gnu_inline |= r->src->names[id].gnu_inline;
	r->keeps |= r->src->names[id].keeper;
}

/* Returns whether the declaration ends with it. */
static bool take_punct(struct reader *r, const struct c_token *t)
{
	switch (*t->s) {
	case '(':
		if (!r->depth)
			open_group(r);
		push(r, N_PAREN);
		return false;
	case '[':
		push(r, N_BRACKET);
		return false;
	case '{':
		push(r, brace_kind(r));
		r->tag = 0;
		return false;
	case ')':
	case ']':
	case '}': {
		bool body = r->depth == 1 && r->stack[0] == N_BODY;

		if (r->depth && !--r->depth && *t->s == ')')
			close_group(r);
		r->is_function |= body;
		return body;
	}
	case '=':
		r->has_init |= !r->depth;
		return false;
	default:
		return *t->s == ';' && !r->depth;
	}
}

static void take(struct reader *r, const struct c_token *t)
{
	uint32_t id = UINT32_MAX;
	bool ends = false;

	if (!r->d)
		begin(r);
	if (t->kind == C_WORD) {
		id = c_source_name(r->src, t->s, t->len);
		c_declaration_mix_hash(r->d, t, r->src->names[id].hash);
	} else {
		c_declaration_mix(r->d, t);
	}
	if (!r->nr_tokens++) {
		r->first_id = id;
		r->d->start = t->s;
	}
	if (!r->depth)
		top_level_name(r, t, id);
	else if (r->stack[0] == N_PAREN && !(r->depth == 1 && is_punct(t, ')')))
		group_token(r, t, id);
	if (t->kind == C_WORD)
		take_word(r, t, id);
	follow_strings(r, t, id);
	if (t->kind == C_WORD || (t->kind == C_PUNCT && *t->s != '{'))
		follow_tag(r, t, id);
	if (t->kind == C_PUNCT)
		ends = take_punct(r, t);
	/* Between declarations it applies to all that follow; within one, it parts nothing. */
	if (t->kind != C_PRAGMA || r->nr_tokens == 1) {
		r->prev = *t;
		r->prev_id = id;
	}
	if (ends || (t->kind == C_PRAGMA && r->nr_tokens == 1))
		end(r);
}

static struct c_name *known_name(struct c_source *src, const char *s)
{
	uint32_t id = c_source_name(src, s, strlen(s));

	return &src->names[id];
}

/* So that each word of the text is compared with these once. */
static void add_known_names(struct c_source *src)
{
	/* The first ones, as their numbers are those of the enum. */
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
		known_name(src, keywords[i])->keyword = true;
	for (size_t i = 0; i < ARRAY_SIZE(keepers); i++)
		known_name(src, keepers[i])->keeper = true;
	known_name(src, "gnu_inline")->gnu_inline = true;
	known_name(src, "__gnu_inline__")->gnu_inline = true;
}

void c_source_cut(struct c_source *src, const char *text)
{
	struct reader r = {.src = src};
	struct c_lexer l;
	struct c_token t;

	add_known_names(src);
	c_lexer_init(&l, text);
	for (t = c_next(&l); t.kind != C_END; t = c_next(&l))
		take(&r, &t);
	/* Cut off: whatever it is, it counts. */
	if (r.d) {
		r.d->used = true;
		r.d->end = t.s;
	}
	str_free(&r.strings);
	free(r.stack);
}
