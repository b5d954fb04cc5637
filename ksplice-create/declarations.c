// SPDX-License-Identifier: GPL-2.0-or-later
/* Cuts preprocessed C into declarations, and finds those that the compiler uses. */
#include "ksplice-create/declarations.h"

#include <stdint.h>
#include <string.h>

#include "ksplice-create/c-tokens.h"
#include "ksplice-create/strmap.h"
#include "ksplice-create/util.h"

/* Growing list of numbers. */
struct ids {
	uint32_t *v;
	size_t n, room;
};

/* An identifier; its number is its place in the list of all. */
struct name {
	const char *s;
	size_t len;
	uint32_t next;		/* in its hash chain, +1 */
	bool keyword;
	bool used;
	struct ids in;		/* the declarations that declare it */
};

struct declaration {
	uint64_t hash[2];	/* of its tokens */
	struct ids mentions;
	const char *start, *end;	/* its text */
	bool used, is_function;
	bool is_type, has_union;	/* begins with "struct", "union", "typedef"; has "union" in it, and is such */
};

struct source {
	struct name *names;
	size_t nr_names, room_names;
	uint32_t *chains;
	struct declaration *decls;
	size_t nr_decls, room_decls;
};

#define NR_CHAINS (1u << 16)

static void ids_add(struct ids *ids, uint32_t id)
{
	if (ids->n && ids->v[ids->n - 1] == id)
		return;
	if (ids->n == ids->room) {
		ids->room = ids->room * 2 + 4;
		ids->v = xrealloc(ids->v, ids->room * sizeof(*ids->v));
	}
	ids->v[ids->n++] = id;
}

static uint64_t hash_bytes(const char *s, size_t len)
{
	uint64_t h = 0xcbf29ce484222325; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3;
	return h;
}

static uint32_t intern(struct source *src, const char *s, size_t len)
{
	uint32_t *chain = &src->chains[hash_bytes(s, len) % NR_CHAINS];
	struct name *n;

	for (uint32_t i = *chain; i; i = n->next) {
		n = &src->names[i - 1];
		if (n->len == len && !memcmp(n->s, s, len))
			return i - 1;
	}
	if (src->nr_names == src->room_names) {
		src->room_names = src->room_names * 2 + 1024;
		src->names = xrealloc(src->names, src->room_names * sizeof(*src->names));
	}
	src->names[src->nr_names] = (struct name){.s = s, .len = len, .next = *chain};
	*chain = ++src->nr_names;
	return src->nr_names - 1;
}

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

/* The compiler refers to these without being told. */
static const char *const implicit[] = {"memcpy", "memset", "memmove", "memcmp", "strlen"};

/* Kinds of nesting. */
enum nest { N_PAREN, N_BRACKET, N_BODY /* of a function */, N_TAG, N_ENUM, N_INIT };

/* The declaration that is being read. */
struct reader {
	struct source *src;
	struct declaration *d;	/* NULL between declarations */
	uint32_t index;		/* its number */
	enum nest *stack;
	size_t depth, room;
	size_t nr_tokens;
	struct c_token prev;
	uint32_t prev_id;	/* of a word */
	uint32_t first_id;	/* of the first token, UINT32_MAX for none */
	bool is_static, is_extern, is_inline, is_typedef, has_init, is_function, keeps, has_union;
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
		ids_add(&r->src->names[id].in, r->index);
}

static void begin(struct reader *r)
{
	struct source *src = r->src;

	if (src->nr_decls == src->room_decls) {
		src->room_decls = src->room_decls * 2 + 1024;
		src->decls = xrealloc(src->decls, src->room_decls * sizeof(*src->decls));
	}
	r->index = src->nr_decls;
	r->d = &src->decls[src->nr_decls++];
	*r->d = (struct declaration){.hash = {0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f}};
	r->nr_tokens = r->depth = 0;
	r->prev = (struct c_token){.kind = C_END};
	r->prev_id = r->first_id = UINT32_MAX;
	r->is_static = r->is_extern = r->is_inline = r->is_typedef = r->has_init = r->is_function = r->keeps = r->has_union = false;
	r->prototypes = r->declarators = 0;
	r->group_declares = r->group_params = false;
	r->tag = 0;
}

/* Does it make code or data without being mentioned? In doubt, yes. */
static bool is_root(const struct reader *r)
{
	bool tag_only = keyword_is(r->first_id, K_STRUCT, K_ENUM) && r->nr_tokens == 3;

	if (r->keeps)
		return true;
	if (r->is_function)
		return !r->is_static && !(r->is_extern && r->is_inline);
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

static void mix(struct declaration *d, const struct c_token *t)
{
	uint64_t h = hash_bytes(t->s, t->len) + t->kind * 2 + t->glued;

	d->hash[0] = (d->hash[0] ^ h) * 0xff51afd7ed558ccd;
	d->hash[0] ^= d->hash[0] >> 33;
	d->hash[1] = (d->hash[1] + h) * 0xc4ceb9fe1a85ec53;
	d->hash[1] ^= d->hash[1] >> 29;
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

static void take_word(struct reader *r, const struct c_token *t, uint32_t id)
{
	ids_add(&r->d->mentions, id);
	r->has_union |= id == K_UNION;
	if (!r->depth)
		note_specifier(r, id);
	else if (r->stack[r->depth - 1] == N_ENUM && (is_punct(&r->prev, '{') || is_punct(&r->prev, ',')))
		declare(r, id);
	if (!in_body(r))
		for (size_t i = 0; i < ARRAY_SIZE(keepers); i++)
			r->keeps |= strlen(keepers[i]) == t->len && !memcmp(keepers[i], t->s, t->len);
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
	if (t->kind == C_WORD)
		id = intern(r->src, t->s, t->len);
	mix(r->d, t);
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
	if (t->kind == C_WORD || (t->kind == C_PUNCT && *t->s != '{'))
		follow_tag(r, t, id);
	if (t->kind == C_PUNCT)
		ends = take_punct(r, t);
	r->prev = *t;
	r->prev_id = id;
	/* Between declarations it applies to all that follow. */
	if (ends || (t->kind == C_PRAGMA && r->nr_tokens == 1))
		end(r);
}

static void read_all(struct source *src, const char *text)
{
	struct reader r = {.src = src};
	struct c_lexer l;
	struct c_token t;

	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		uint32_t id = intern(src, keywords[i], strlen(keywords[i]));

		src->names[id].keyword = true;
	}
	c_lexer_init(&l, text);
	for (t = c_next(&l); t.kind != C_END; t = c_next(&l))
		take(&r, &t);
	/* Cut off: whatever it is, it counts. */
	if (r.d) {
		r.d->used = true;
		r.d->end = t.s;
	}
	free(r.stack);
}

static void use_name(struct source *src, uint32_t id, struct ids *todo)
{
	struct name *n = &src->names[id];

	if (n->used || n->keyword)
		return;
	n->used = true;
	for (size_t i = 0; i < n->in.n; i++) {
		struct declaration *d = &src->decls[n->in.v[i]];

		if (d->used)
			continue;
		d->used = true;
		ids_add(todo, n->in.v[i]);
	}
}

static void find_used(struct source *src)
{
	struct ids todo = {};

	for (size_t i = 0; i < ARRAY_SIZE(implicit); i++)
		use_name(src, intern(src, implicit[i], strlen(implicit[i])), &todo);
	for (size_t i = 0; i < src->nr_decls; i++)
		if (src->decls[i].used)
			ids_add(&todo, i);
	while (todo.n) {
		const struct declaration *d = &src->decls[todo.v[--todo.n]];

		for (size_t i = 0; i < d->mentions.n; i++)
			use_name(src, d->mentions.v[i], &todo);
	}
	free(todo.v);
}

static bool word_is(const struct c_token *t, const char *word)
{
	return t->kind == C_WORD && t->len == strlen(word) && !memcmp(t->s, word, t->len);
}

/* The tokens of one declaration. */
struct tokens {
	struct c_token *v;
	size_t n;
};

static struct tokens tokens_of(const struct declaration *d)
{
	struct tokens list = {};
	struct c_lexer l;
	size_t room = 0;

	c_lexer_init(&l, d->start);
	for (struct c_token t = c_next(&l); t.kind != C_END && t.s < d->end; t = c_next(&l)) {
		if (list.n == room) {
			room = room * 2 + 64;
			list.v = xrealloc(list.v, room * sizeof(*list.v));
		}
		list.v[list.n++] = t;
	}
	return list;
}

/* Behind the bracket that closes the one at @i. */
static size_t skip_nest(const struct tokens *t, size_t i)
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

static size_t skip_attributes(const struct tokens *t, size_t i)
{
	while (i + 1 < t->n && (word_is(&t->v[i], "__attribute__") || word_is(&t->v[i], "__attribute")))
		i = skip_nest(t, i + 1);
	return i;
}

static bool punct_at(const struct tokens *t, size_t i, char ch)
{
	return i < t->n && t->v[i].kind == C_PUNCT && *t->v[i].s == ch;
}

/* "struct d * name ;" at @i, of @end tokens: the place of the name, or 0. */
static size_t plain_pointer(const struct tokens *t, size_t i, size_t *end)
{
	bool pointer = false;
	size_t k = i;

	for (; k < t->n && !punct_at(t, k, ';'); k++) {
		pointer |= punct_at(t, k, '*');
		if (t->v[k].kind != C_WORD && !punct_at(t, k, '*'))
			return 0;
	}
	*end = k + 1;
	return pointer && k < t->n && k > i && t->v[k - 1].kind == C_WORD ? k - 1 : 0;
}

/*
 * "union { struct d * dev ; struct d * dev_rcu ; } ;" at @i: another name for the pointer that is there.  To code that does not
 * mention dev_rcu it is the same as "struct d * dev ;".  Where such a union begins, *@first has the tokens of its first
 * member, and it is returned where it ends; else 0.
 */
static size_t pointer_names(const struct tokens *t, size_t i, size_t *first, bool (*is_used)(const struct c_token *name, void *ctx),
			    void *ctx)
{
	size_t k = i + 2, end, name = word_is(&t->v[i], "union") && punct_at(t, i + 1, '{') ? plain_pointer(t, k, first) : 0;

	if (!name)
		return 0;
	for (k = *first; !punct_at(t, k, '}'); k = end) {
		name = plain_pointer(t, k, &end);
		if (!name || (is_used && is_used(&t->v[name], ctx)))
			return 0;
	}
	return punct_at(t, k + 1, ';') ? k + 2 : 0;
}

struct usage {
	struct source *src;
	bool *mentioned;	/* by number of the name */
};

static bool is_mentioned(const struct c_token *name, void *ctx)
{
	struct usage *u = ctx;

	return u->mentioned[intern(u->src, name->s, name->len)];
}

/* What the used declarations mention, but for the other names of pointers. */
static void find_mentioned(struct usage *u)
{
	struct source *src = u->src;

	for (size_t i = 0; i < src->nr_decls; i++) {
		const struct declaration *d = &src->decls[i];
		struct tokens t = {};
		size_t first = 0;

		if (!d->used)
			continue;
		if (!d->has_union) {
			for (size_t k = 0; k < d->mentions.n; k++)
				u->mentioned[d->mentions.v[k]] = true;
			continue;
		}
		t = tokens_of(d);
		for (size_t k = 0; k < t.n;) {
			size_t end = pointer_names(&t, k, &first, NULL, NULL);
			size_t stop = end ? first : k + 1;

			for (; k < stop; k++)
				if (t.v[k].kind == C_WORD)
					u->mentioned[intern(src, t.v[k].s, t.v[k].len)] = true;
			k = end ?: k;
		}
		free(t.v);
	}
}

/* Hashes a declaration once more, without names that nobody mentions. */
static void mix_again(struct usage *u, struct declaration *d)
{
	struct tokens t = tokens_of(d);
	size_t first;

	d->hash[0] = d->hash[1] = 1;
	for (size_t k = 0; k < t.n;) {
		size_t end = pointer_names(&t, k, &first, is_mentioned, u);

		for (size_t m = k + 2; end && m < first; m++)
			mix(d, &t.v[m]);
		if (!end)
			mix(d, &t.v[k]);
		k = end ?: k + 1;
	}
	free(t.v);
}

static struct error *digest_used(struct source *src, char hex[SHA256_HEX_SIZE])
{
	struct usage u = {.src = src, .mentioned = calloc(src->nr_names + 1, sizeof(bool))};
	_cleanup_free_ uint64_t *hashes = xrealloc(NULL, (2 * src->nr_decls + 1) * sizeof(*hashes));
	size_t n = 0;

	if (!u.mentioned)
		return error_new(ERROR_SYSTEM, "out of memory");
	find_mentioned(&u);
	for (size_t i = 0; i < src->nr_decls; i++) {
		struct declaration *d = &src->decls[i];

		if (!d->used)
			continue;
		/* In the same way on both sides, whether or not there is such a union. */
		if (!d->is_function && d->is_type)
			mix_again(&u, d);
		hashes[n++] = d->hash[0];
		hashes[n++] = d->hash[1];
	}
	free(u.mentioned);
	return sha256_hex(hashes, n * sizeof(*hashes), hex);
}

static bool source_read(struct source *src, const char *text)
{
	*src = (struct source){.chains = calloc(NR_CHAINS, sizeof(uint32_t))};
	if (!src->chains)
		return false;
	read_all(src, text);
	find_used(src);
	return true;
}

static void source_free(struct source *src)
{
	for (size_t i = 0; i < src->nr_names; i++)
		free(src->names[i].in.v);
	for (size_t i = 0; i < src->nr_decls; i++)
		free(src->decls[i].mentions.v);
	free(src->names);
	free(src->decls);
	free(src->chains);
}

struct error *declarations_digest(const char *text, char hex[SHA256_HEX_SIZE])
{
	struct source src;
	struct error *err;

	if (!source_read(&src, text))
		return error_new(ERROR_SYSTEM, "out of memory");
	err = digest_used(&src, hex);
	source_free(&src);
	return err;
}

/* What an anonymous structure's declaration goes on to declare: the typedef's or variable's name. */
static const struct c_token *declared_behind(const struct tokens *t, size_t i)
{
	const struct c_token *name = NULL;

	for (i = skip_attributes(t, i); i < t->n; i++) {
		if (t->v[i].kind == C_PUNCT && strchr(";=,[(", *t->v[i].s))
			break;
		if (t->v[i].kind == C_WORD)
			name = &t->v[i];
	}
	return name;
}

/* All that is known of the types of a source. */
struct types {
	struct strmap names;
	struct strv texts;	/* by number */
	bool *stays;
};

static bool is_tag_word(const struct c_token *t)
{
	return word_is(t, "struct") || word_is(t, "union");
}

/* The definition whose keyword is at @i, if it is one. */
static void add_type(const struct tokens *t, size_t i, bool top, struct types *types)
{
	size_t name = skip_attributes(t, i + 1), body = name, end, known = types->names.names.n;
	_cleanup_free_ char *word = NULL;
	struct str text = STR_INIT;
	const struct c_token *tag = NULL;

	if (name < t->n && t->v[name].kind == C_WORD) {
		tag = &t->v[name];
		body = skip_attributes(t, name + 1);
	}
	if (!punct_at(t, body, '{'))
		return;
	end = skip_nest(t, body);
	/* One without a name in another is a part of that. */
	if (!tag && top)
		tag = declared_behind(t, end);
	if (!tag)
		return;
	for (size_t k = i; k < skip_attributes(t, end); k++)
		if (&t->v[k] != tag && t->v[k].kind != C_PRAGMA)
			str_addf(&text, "%.*s ", (int)t->v[k].len, t->v[k].s);
	word = xstrndup(tag->s, tag->len);
	if (strmap_add(&types->names, word) == known) {
		strv_add(&types->texts, text.s);
		types->stays = xrealloc(types->stays, (known + 1) * sizeof(*types->stays));
		/* One that is defined in another lives where that lives. */
		types->stays[known] = !top || tag != &t->v[name];
	}
	str_free(&text);
}

/* Is "sizeof (" at @i only to clear or copy a whole variable: memset(&x, 0, sizeof(x))? */
static bool is_size_of_variable(const struct tokens *t, size_t i)
{
	size_t back = i, depth = 0;

	if (!punct_at(t, i + 1, '(') || t->v[i + 2].kind != C_WORD || !punct_at(t, i + 3, ')'))
		return false;
	while (back-- > 0 && !punct_at(t, back, ';')) {
		depth += punct_at(t, back, ')');
		if (punct_at(t, back, '(') && !depth--)
			return back && (word_is(&t->v[back - 1], "memset") || word_is(&t->v[back - 1], "__builtin_memset"));
	}
	return false;
}

/* Does the function allocate something whose type its text does not name? */
static bool has_open_sizeof(const struct tokens *t)
{
	for (size_t i = 0; i + 3 < t->n; i++)
		if (word_is(&t->v[i], "sizeof") && !is_tag_word(&t->v[i + 2]) && !is_size_of_variable(t, i))
			return true;
	return false;
}

/*
 * "struct foo" at @i: may an object of that type outlive the functions that know it?  @depth of parentheses, behind which there
 * are parameters.
 */
static bool may_stay(const struct tokens *t, size_t i, bool function, bool in_body, size_t depth, bool open_sizeof)
{
	bool is_static = i && (word_is(&t->v[i - 1], "static") || (i > 1 && word_is(&t->v[i - 2], "static")));

	if (punct_at(t, skip_attributes(t, i + 2), '{'))
		return false;
	if (!function)
		return !depth && !punct_at(t, i + 2, ';');
	if (in_body)
		return is_static || open_sizeof || punct_at(t, i - 1, '(');
	return !depth;
}

static void find_stays(const struct tokens *t, bool function, struct types *types)
{
	bool open_sizeof = function && has_open_sizeof(t), in_body = false;
	size_t depth = 0, braces = 0;

	for (size_t i = 0; i + 1 < t->n; i++) {
		depth += punct_at(t, i, '(');
		depth -= punct_at(t, i, ')') && depth;
		braces += punct_at(t, i, '{');
		braces -= punct_at(t, i, '}') && braces;
		in_body = function && braces;
		if (is_tag_word(&t->v[i]) && t->v[i + 1].kind == C_WORD) {
			_cleanup_free_ char *name = xstrndup(t->v[i + 1].s, t->v[i + 1].len);
			size_t n = strmap_find(&types->names, name);

			if (n != STRMAP_NONE && may_stay(t, i, function, in_body, depth, open_sizeof))
				types->stays[n] = true;
		}
	}
}

static void for_used(const struct source *src, struct types *types, bool find)
{
	for (size_t i = 0; i < src->nr_decls; i++) {
		const struct declaration *d = &src->decls[i];
		struct tokens t;
		int depth = 0;

		if (!d->used || (!find && d->is_function))
			continue;
		t = tokens_of(d);
		if (find)
			find_stays(&t, d->is_function, types);
		for (size_t k = 0; !find && k < t.n; k++) {
			if (is_tag_word(&t.v[k]))
				add_type(&t, k, !depth, types);
			depth += t.v[k].kind == C_PUNCT ? !!strchr("([{", *t.v[k].s) - !!strchr(")]}", *t.v[k].s) : 0;
		}
		free(t.v);
	}
}

bool declarations_types(const char *text, struct str *ret)
{
	static const char prefix[] = "__ksplice_layout_ignore_";
	struct types types = {};
	struct source src;

	str_add(ret, "", 0);
	if (!source_read(&src, text))
		return false;
	for (size_t i = 0; i < src.nr_names; i++)
		if (src.names[i].len > strlen(prefix) && !memcmp(src.names[i].s, prefix, strlen(prefix)))
			str_addf(ret, "%.*s\n", (int)(src.names[i].len - strlen(prefix)), src.names[i].s + strlen(prefix));
	for_used(&src, &types, false);
	for_used(&src, &types, true);
	for (size_t i = 0; i < types.texts.n; i++)
		str_addf(ret, "%s\t%s\t%s\n", types.names.names.v[i], types.stays[i] ? "stays" : "stack", types.texts.v[i]);
	strmap_free(&types.names);
	strv_free(&types.texts);
	free(types.stays);
	source_free(&src);
	return true;
}

struct error *assembler_digest(const char *text, char hex[SHA256_HEX_SIZE])
{
	_cleanup_str_ struct str kept = STR_INIT;

	str_add(&kept, "", 0);
	while (*text) {
		size_t len = strcspn(text, "\n"), blanks = strspn(text, " \t");

		/* "# 12 "file"": a line marker. What else begins with # is a comment. */
		if (blanks < len && *text != '#')
			str_add(&kept, text, len + 1);
		text += len + (text[len] == '\n');
	}
	return sha256_hex(kept.s, kept.len, hex);
}
