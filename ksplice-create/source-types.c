// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the structures that a source uses, and where their objects live. */
#include "ksplice-create/source-types.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/c-source.h"
#include "ksplice-create/enumerators.h"
#include "ksplice-create/packing.h"
#include "ksplice-create/source-callers.h"
#include "ksplice-create/source-variables.h"
#include "ksplice-create/strmap.h"

/* What an anonymous structure's declaration goes on to declare: the typedef's or variable's name. */
static const struct c_token *declared_behind(const struct c_tokens *t, size_t i)
{
	const struct c_token *name = NULL;

	for (i = c_tokens_skip_attributes(t, i); i < t->n; i++) {
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
	struct strv *makers;	/* functions that have one on the stack */
	struct enumerators enumerators;
	struct packing packing;	/* of what is being read */
};

static bool is_tag_word(const struct c_token *t)
{
	return c_token_is(t, "struct") || c_token_is(t, "union");
}

/* The definition whose keyword is at @i, if it is one. */
static void add_type(const struct c_tokens *t, size_t i, bool top, struct types *types)
{
	size_t name = c_tokens_skip_attributes(t, i + 1), body = name, end, known = types->names.names.n;
	_cleanup_free_ char *word = NULL;
	struct str text = STR_INIT;
	const struct c_token *tag = NULL;

	if (name < t->n && t->v[name].kind == C_WORD) {
		tag = &t->v[name];
		body = c_tokens_skip_attributes(t, name + 1);
	}
	if (!c_tokens_punct(t, body, '{'))
		return;
	end = c_tokens_skip(t, body);
	/* One without a name in another is a part of that. */
	if (!tag && top)
		tag = declared_behind(t, end);
	if (!tag)
		return;
	if (tag > &t->v[i] && tag < &t->v[end]) {
		enumerators_print(&types->enumerators, t->v + i, tag - &t->v[i], &text);
		i = tag - t->v + 1;
	}
	enumerators_print(&types->enumerators, t->v + i, c_tokens_skip_attributes(t, end) - i, &text);
	if (*packing_now(&types->packing))
		str_addf(&text, "pack ( %s ) ", packing_now(&types->packing));
	word = xstrndup(tag->s, tag->len);
	if (strmap_add(&types->names, word) == known) {
		strv_add(&types->texts, text.s);
		types->stays = xrealloc(types->stays, (known + 1) * sizeof(*types->stays));
		types->makers = xrealloc(types->makers, (known + 1) * sizeof(*types->makers));
		types->makers[known] = (struct strv)STRV_INIT;
		/*
		 * One that is defined in another lives where that lives.  Of one that is defined with a variable, or with another name (typedef
		 * struct xfs_da_args { ... } xfs_da_args_t), not all objects are declared as "struct foo".
		 */
		types->stays[known] = !top || tag != &t->v[name] || !c_tokens_punct(t, c_tokens_skip_attributes(t, end), ';');
	}
	str_free(&text);
}

/* Is "sizeof (" at @i only to clear or copy a whole variable: memset(&x, 0, sizeof(x))? */
static bool is_size_of_variable(const struct c_tokens *t, size_t i)
{
	size_t back = i, depth = 0;

	if (!c_tokens_punct(t, i + 1, '(') || t->v[i + 2].kind != C_WORD || !c_tokens_punct(t, i + 3, ')'))
		return false;
	while (back-- > 0 && !c_tokens_punct(t, back, ';')) {
		depth += c_tokens_punct(t, back, ')');
		if (c_tokens_punct(t, back, '(') && !depth--)
			return back && (c_token_is(&t->v[back - 1], "memset") || c_token_is(&t->v[back - 1], "__builtin_memset"));
	}
	return false;
}

/* Is the word at @i the whole of something, and not what a member is taken from? */
static bool is_whole(const struct c_tokens *t, size_t i)
{
	return !c_tokens_punct(t, i + 1, '.') && !(c_tokens_punct(t, i + 1, '-') && c_tokens_punct(t, i + 2, '>'));
}

/* Where the operand of the sizeof or typeof at @i ends, or what the variable of __auto_type begins with. */
static size_t operand_end(const struct c_tokens *t, size_t i)
{
	if (c_token_is(&t->v[i], "__auto_type")) {
		while (i < t->n && !c_tokens_punct(t, i, ';'))
			i = c_tokens_punct(t, i, '(') || c_tokens_punct(t, i, '{') ? c_tokens_skip(t, i) : i + 1;
		return i;
	}
	if (c_tokens_punct(t, i + 1, '('))
		return c_tokens_skip(t, i + 1);
	for (i++; c_tokens_punct(t, i, '*') || c_tokens_punct(t, i, '&'); i++)
		;
	return i + 1 < t->n ? i + 1 : t->n;
}

/*
 * Does the function ask for the size, or the type, of what @name is or points to?  Then it may allocate another, without naming the type.
 * Macros ask for those of other things all the time: this_cpu_ptr(), min(), which has __auto_type (calculate_imbalance()).
 */
static bool is_measured(const struct c_tokens *t, const struct c_token *name)
{
	static const char *const asking[] = {"sizeof", "typeof", "__typeof", "__typeof__", "__auto_type"};

	for (size_t i = 0; i + 1 < t->n; i++) {
		bool asks = false;

		for (size_t k = 0; k < ARRAY_SIZE(asking); k++)
			asks |= c_token_is(&t->v[i], asking[k]);
		if (!asks || (c_token_is(&t->v[i], "sizeof") && is_size_of_variable(t, i)))
			continue;
		for (size_t k = i + 1, end = operand_end(t, i); k < end; k++)
			if (t->v[k].kind == C_WORD && t->v[k].len == name->len && !memcmp(t->v[k].s, name->s, name->len) && is_whole(t, k))
				return true;
	}
	return false;
}

/* "struct foo" at @i: is one of those measured that are declared behind it, one parameter or all variables up to the semicolon? */
static bool declares_measured(const struct c_tokens *t, size_t i, bool parameter)
{
	bool begins = true;

	for (i += 2; i < t->n && !c_tokens_punct(t, i, ';') && !c_tokens_punct(t, i, ')'); i++) {
		if (c_tokens_punct(t, i, ',')) {
			if (parameter)
				return false;
			begins = true;
		} else if (c_tokens_punct(t, i, '(') || c_tokens_punct(t, i, '[') || c_tokens_punct(t, i, '{')) {
			i = c_tokens_skip(t, i) - 1;
		} else if (t->v[i].kind == C_WORD && begins && !c_token_is(&t->v[i], "const") && !c_token_is(&t->v[i], "volatile")) {
			size_t behind = c_tokens_skip_attributes(t, i);

			if (behind != i) {
				i = behind - 1;
				continue;
			}
			begins = false;
			if (is_measured(t, &t->v[i]))
				return true;
		}
	}
	return false;
}

/* Where the type of "(const struct foo" begins, whose "struct" is at @i. */
static size_t with_qualifiers(const struct c_tokens *t, size_t i)
{
	while (i && (c_token_is(&t->v[i - 1], "const") || c_token_is(&t->v[i - 1], "volatile")))
		i--;
	return i;
}

/*
 * Outside of a function: "__typeof__(struct foo) x", as DEFINE_PER_CPU() has it; ".descsize = sizeof(struct foo)", by which somebody else
 * allocates one (struct shash_alg, struct proto, struct rtnl_link_ops).
 */
static bool is_asked_for(const struct c_tokens *t, size_t i)
{
	static const char *const asking[] = {"__typeof__", "typeof", "__typeof", "sizeof", "__builtin_offsetof"};
	bool found = false;

	i = with_qualifiers(t, i);
	for (size_t k = 0; k < ARRAY_SIZE(asking) && i > 1 && c_tokens_punct(t, i - 1, '('); k++)
		found |= c_token_is(&t->v[i - 2], asking[k]);
	return found;
}

/* "&(const struct foo){ 1 }", outside of a function: an object without a name. */
static bool is_in_literal(const struct c_tokens *t, size_t i)
{
	i = with_qualifiers(t, i);
	return i && c_tokens_punct(t, i - 1, '(') && c_tokens_punct(t, c_tokens_skip(t, i - 1), '{');
}

/* "struct foo *p = (void *)skb->cb": no such was declared there. */
static bool is_cast_from_else(const struct c_tokens *t, size_t i)
{
	for (i += 2; c_tokens_punct(t, i, '*') || (i < t->n && t->v[i].kind == C_WORD); i++)
		;
	if (!c_tokens_punct(t, i, '=') || !c_tokens_punct(t, i + 1, '('))
		return false;
	i += 2;
	while (i < t->n && (c_token_is(&t->v[i], "const") || c_token_is(&t->v[i], "volatile")))
		i++;
	return i < t->n && c_token_is(&t->v[i], "void") && c_tokens_punct(t, i + 1, '*') && c_tokens_punct(t, i + 2, ')');
}

/*
 * "struct foo" at @i: may an object of that type outlive the functions that know it?  @depth of parentheses, behind which there
 * are parameters.
 */
static bool may_stay(const struct c_tokens *t, size_t i, bool function, bool in_body, size_t depth)
{
	bool is_static = i && (c_token_is(&t->v[i - 1], "static") || (i > 1 && c_token_is(&t->v[i - 2], "static")));

	if (c_tokens_punct(t, c_tokens_skip_attributes(t, i + 2), '{'))
		return false;
	if (!function)
		return (!depth || is_asked_for(t, i) || is_in_literal(t, i)) && !c_tokens_punct(t, i + 2, ';');
	if (in_body)
		return is_static || c_tokens_punct(t, with_qualifiers(t, i) - 1, '(') || is_cast_from_else(t, i) || declares_measured(t, i, false);
	return !depth || declares_measured(t, i, true);
}

/* Is there a variable behind "struct foo" at @i, and not only pointers to some? */
static bool declares_object(const struct c_tokens *t, size_t i)
{
	size_t at = c_tokens_skip_attributes(t, i + 2);

	for (; at < t->n && !c_tokens_punct(t, at, ';') && !c_tokens_punct(t, at, ')'); at++) {
		if (t->v[at].kind == C_WORD && !c_token_is(&t->v[at], "const") && !c_token_is(&t->v[at], "volatile"))
			return true;
		if (!c_tokens_punct(t, at, '*'))
			continue;
		/* To the next one. */
		while (at + 1 < t->n && !c_tokens_punct(t, at + 1, ',') && !c_tokens_punct(t, at + 1, ';') && !c_tokens_punct(t, at + 1, ')'))
			at = strchr("([{", *t->v[at + 1].s) && t->v[at + 1].kind == C_PUNCT ? c_tokens_skip(t, at + 1) - 1 : at + 1;
		at += c_tokens_punct(t, at + 1, ',');
	}
	return false;
}

static void add_maker(struct strv *makers, const struct c_token *name)
{
	_cleanup_free_ char *word = xstrndup(name->s, name->len);

	strv_add_new(makers, word);
}

static void find_stays(const struct c_tokens *t, bool function, struct types *types)
{
	const struct c_token *maker = function ? source_function_name(t) : NULL;
	bool in_body = false;
	size_t depth = 0, braces = 0;

	for (size_t i = 0; i + 1 < t->n; i++) {
		depth += c_tokens_punct(t, i, '(');
		depth -= c_tokens_punct(t, i, ')') && depth;
		braces += c_tokens_punct(t, i, '{');
		braces -= c_tokens_punct(t, i, '}') && braces;
		in_body = function && braces;
		if (is_tag_word(&t->v[i]) && t->v[i + 1].kind == C_WORD) {
			_cleanup_free_ char *name = xstrndup(t->v[i + 1].s, t->v[i + 1].len);
			size_t n = strmap_find(&types->names, name);

			if (n != STRMAP_NONE && may_stay(t, i, function, in_body, depth))
				types->stays[n] = true;
			else if (n != STRMAP_NONE && in_body && maker && declares_object(t, i))
				add_maker(&types->makers[n], maker);
		}
	}
}

/* Enumerators, or what they and all else may be made of. */
static void read_numbers(const struct c_source *src, struct types *types, bool arrays)
{
	for (size_t i = 0; i < src->nr_decls; i++) {
		const struct c_declaration *d = &src->decls[i];
		struct c_tokens t;

		if (!d->used || d->is_function)
			continue;
		t = c_declaration_tokens(d);
		if (arrays)
			enumerators_read_arrays(&types->enumerators, &t);
		else
			enumerators_read(&types->enumerators, t.v, t.n);
		free(t.v);
	}
}

static void for_used(const struct c_source *src, struct types *types, bool find)
{
	for (size_t i = 0; i < src->nr_decls; i++) {
		const struct c_declaration *d = &src->decls[i];
		struct c_tokens t;
		int depth = 0;

		if (!d->used || (!find && d->is_function))
			continue;
		t = c_declaration_tokens(d);
		if (!find)
			packing_take(&types->packing, &t);
		if (find) {
			find_stays(&t, d->is_function, types);
			enumerators_read_uses(&types->enumerators, &t);
		}
		for (size_t k = 0; !find && k < t.n; k++) {
			if (is_tag_word(&t.v[k]))
				add_type(&t, k, !depth, types);
			depth += t.v[k].kind == C_PUNCT ? !!strchr("([{", *t.v[k].s) - !!strchr(")]}", *t.v[k].s) : 0;
		}
		free(t.v);
	}
}

/* Of all that is no structure: "typedef u32 foo_t;". */
static void add_typedef(const struct c_name *name, const struct c_declaration *d, const struct types *types, struct str *ret)
{
	struct c_tokens t = c_declaration_tokens(d);
	bool plain = t.n && c_token_is(&t.v[0], "typedef");

	for (size_t k = 0; k < t.n; k++)
		plain &= !c_tokens_punct(&t, k, '{');
	if (plain) {
		str_addf(ret, "%.*s\ttypedef\t", (int)name->len, name->s);
		enumerators_print(&types->enumerators, t.v + 1, t.n - 2, ret);
		str_add(ret, "\n", 1);
	}
	free(t.v);
}

static void add_typedefs(const struct c_source *src, const struct types *types, struct str *ret)
{
	for (size_t i = 0; i < src->nr_names; i++) {
		for (size_t k = 0; k < src->names[i].in.n; k++) {
			const struct c_declaration *d = &src->decls[src->names[i].in.v[k]];

			if (d->used && d->is_type && !d->is_function)
				add_typedef(&src->names[i], d, types, ret);
		}
	}
}

static void add_enumerators(const struct enumerators *e, struct str *ret)
{
	for (size_t i = 0; i < e->names.names.n; i++) {
		const struct enumerator *v = &e->v[i];

		str_addf(ret, "%s\t%s %s\t", e->names.names.v[i], v->bound ? "bound" : "value", v->list);
		if (v->known)
			str_addf(ret, "%" PRId64 "\n", v->value);
		else
			str_addf(ret, "%s\n", v->text);
	}
}

static void add_callers(struct c_source *src, const struct types *types, struct str *ret)
{
	struct strv makers = STRV_INIT;

	for (size_t i = 0; i < types->texts.n; i++)
		for (size_t k = 0; !types->stays[i] && k < types->makers[i].n; k++)
			strv_add_new(&makers, types->makers[i].v[k]);
	source_callers(src, &makers, ret);
	strv_free(&makers);
}

static void add_structure(const struct types *types, size_t i, struct str *ret)
{
	str_addf(ret, "%s\t%s", types->names.names.v[i], types->stays[i] ? "stays" : "stack");
	for (size_t k = 0; !types->stays[i] && k < types->makers[i].n; k++)
		str_addf(ret, " %s", types->makers[i].v[k]);
	str_addf(ret, "\t%s\n", types->texts.v[i]);
}

bool source_types(const char *text, struct str *ret)
{
	static const char prefix[] = "__ksplice_layout_ignore_";
	struct types types = {.packing = PACKING_INIT};
	struct c_source src;

	str_add(ret, "", 0);
	if (!c_source_read(&src, text))
		return false;
	for (size_t i = 0; i < src.nr_names; i++)
		if (src.names[i].len > strlen(prefix) && !memcmp(src.names[i].s, prefix, strlen(prefix)))
			str_addf(ret, "%.*s\n", (int)(src.names[i].len - strlen(prefix)), src.names[i].s + strlen(prefix));
	read_numbers(&src, &types, true);
	read_numbers(&src, &types, false);
	for_used(&src, &types, false);
	for_used(&src, &types, true);
	for (size_t i = 0; i < types.texts.n; i++)
		add_structure(&types, i, ret);
	add_typedefs(&src, &types, ret);
	add_enumerators(&types.enumerators, ret);
	source_variables(&src, &types.enumerators, ret);
	add_callers(&src, &types, ret);
	for (size_t i = 0; i < types.texts.n; i++)
		strv_free(&types.makers[i]);
	strmap_free(&types.names);
	strv_free(&types.texts);
	free(types.makers);
	free(types.stays);
	enumerators_free(&types.enumerators);
	packing_free(&types.packing);
	c_source_free(&src);
	return true;
}
