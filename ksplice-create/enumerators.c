// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads enumerations, and evaluates what array sizes are made of. */
#include "ksplice-create/enumerators.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ksplice-create/array-lengths.h"

static bool punct_is(const struct c_token *t, char ch)
{
	return t->kind == C_PUNCT && *t->s == ch;
}

/* Of the bracket that closes the one at @i; @n if none does. */
static size_t closing(const struct c_token *t, size_t i, size_t n)
{
	size_t depth = 0;

	for (; i < n; i++) {
		if (t[i].kind == C_PUNCT && strchr("([{", *t[i].s))
			depth++;
		else if (t[i].kind == C_PUNCT && strchr(")]}", *t[i].s) && !--depth)
			return i;
	}
	return n;
}

/* Constant expressions, by precedence climbing. */
struct expression {
	const struct enumerators *e;
	const struct c_token *t;
	size_t n, at;
	bool bad;	/* not understood, or not constant */
};

static const struct c_token *peek(const struct expression *x)
{
	static const struct c_token end = {.kind = C_END, .s = ""};

	return x->at < x->n ? &x->t[x->at] : &end;
}

static bool accept(struct expression *x, char ch)
{
	bool found = punct_is(peek(x), ch);

	x->at += found;
	return found;
}

static const struct enumerator *find(const struct enumerators *e, const struct c_token *t)
{
	_cleanup_free_ char *name = t->kind == C_WORD ? xstrndup(t->s, t->len) : NULL;
	size_t i = name ? strmap_find(&e->names, name) : STRMAP_NONE;

	return i != STRMAP_NONE ? &e->v[i] : NULL;
}

/* sizeof of a basic type or a pointer, on the machines that we know; 0: of something else. */
static int64_t basic_size(const struct c_token *t, size_t n)
{
	int64_t size = 0;
	unsigned longs = 0;

	if (n && punct_is(&t[n - 1], '*'))
		return 8;
	for (size_t i = 0; i < n; i++) {
		if (c_token_is(&t[i], "long"))
			longs++;
		else if (c_token_is(&t[i], "char") || c_token_is(&t[i], "_Bool"))
			size = 1;
		else if (c_token_is(&t[i], "short"))
			size = 2;
		else if (c_token_is(&t[i], "int") || c_token_is(&t[i], "unsigned") || c_token_is(&t[i], "signed"))
			size = size ?: 4;
		else
			return 0;
	}
	return longs ? 8 : size;
}

static int64_t conditional(struct expression *x);

static int64_t number(struct expression *x)
{
	_cleanup_free_ char *text = xstrndup(peek(x)->s, peek(x)->len);
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	x->at++;
	x->bad |= end == text || end[strspn(end, "uUlL")];
	return value;
}

static int64_t size_of(struct expression *x)
{
	size_t open = x->at, close = closing(x->t, open, x->n);
	int64_t size = punct_is(peek(x), '(') && close < x->n ? basic_size(x->t + open + 1, close - open - 1) : 0;

	x->at = close + 1;
	x->bad |= !size;
	return size;
}

static int64_t unary(struct expression *x)
{
	const struct c_token *t = peek(x);
	const struct enumerator *known;
	int64_t value;

	if (x->bad)
		return 0;
	if (accept(x, '-'))
		return -(uint64_t)unary(x);
	if (accept(x, '+'))
		return unary(x);
	if (accept(x, '~'))
		return ~unary(x);
	if (accept(x, '!'))
		return !unary(x);
	if (accept(x, '(')) {
		value = conditional(x);
		x->bad |= !accept(x, ')');
		return value;
	}
	if (t->kind == C_NUMBER)
		return number(x);
	known = find(x->e, t);
	x->at++;
	if (c_token_is(t, "sizeof"))
		return size_of(x);
	x->bad |= !known || !known->known;
	return known ? known->value : 0;
}

struct operator {
	const char *text;
	int precedence;
};

/* The longest one that stands here; precedence 0: none. */
static struct operator operator_at(const struct expression *x)
{
	static const struct operator list[] = {
		{"||", 1}, {"&&", 2}, {"==", 6}, {"!=", 6}, {"<=", 7}, {">=", 7}, {"<<", 8}, {">>", 8}, {"|", 3}, {"^", 4},
		{"&", 5}, {"<", 7}, {">", 7}, {"+", 9}, {"-", 9}, {"*", 10}, {"/", 10}, {"%", 10},
	};

	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		const char *text = list[i].text;

		if (!punct_is(peek(x), text[0]))
			continue;
		if (!text[1] || (x->at + 1 < x->n && punct_is(&x->t[x->at + 1], text[1]) && x->t[x->at + 1].glued))
			return list[i];
	}
	return (struct operator){"", 0};
}

static int64_t compute(struct expression *x, const char *op, int64_t a, int64_t b)
{
	bool two = op[1];

	switch (*op) {
	case '|':
		return two ? a || b : a | b;
	case '&':
		return two ? a && b : a & b;
	case '^':
		return a ^ b;
	case '=':
		return a == b;
	case '!':
		return a != b;
	case '<':
	case '>':
		if (two && op[1] == '=')
			return *op == '<' ? a <= b : a >= b;
		if (!two)
			return *op == '<' ? a < b : a > b;
		x->bad |= b < 0 || b > 63;
		return x->bad ? 0 : *op == '<' ? (int64_t)((uint64_t)a << b) : a >> b;
	case '+':
		return (uint64_t)a + b;
	case '-':
		return (uint64_t)a - b;
	case '*':
		return (uint64_t)a * b;
	default:
		x->bad |= !b || b == -1;
		return x->bad ? 0 : *op == '/' ? a / b : a % b;
	}
}

static int64_t binary(struct expression *x, int precedence)
{
	int64_t value = unary(x);

	for (struct operator op = operator_at(x); !x->bad && op.precedence > precedence; op = operator_at(x)) {
		x->at += strlen(op.text);
		value = compute(x, op.text, value, binary(x, op.precedence));
	}
	return value;
}

static int64_t conditional(struct expression *x)
{
	int64_t value = binary(x, 0), yes, no;

	if (x->bad || !accept(x, '?'))
		return value;
	yes = conditional(x);
	x->bad |= !accept(x, ':');
	no = conditional(x);
	return value ? yes : no;
}

bool enumerators_evaluate(const struct enumerators *e, const struct c_token *t, size_t n, int64_t *ret)
{
	struct expression x = {.e = e, .t = t, .n = n};

	*ret = conditional(&x);
	return !x.bad && x.at == n;
}

/* "NR_" of "NR_SLOTS", "MAX" of "SLOT_MAX": such a name counts the others. */
static bool is_bound_word(const char *word, size_t len)
{
	static const char *const whole[] = {"n", "nr", "end", "last", "len", "size", "total", "limit", "nbits"};
	static const char *const beginning[] = {"max", "num", "count", "cnt"};

	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (len == strlen(whole[i]) && !strncasecmp(word, whole[i], len))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(beginning); i++)
		if (len >= strlen(beginning[i]) && !strncasecmp(word, beginning[i], strlen(beginning[i])))
			return true;
	return false;
}

static bool is_bound_name(const struct c_token *t)
{
	const char *end = t->s + t->len;

	for (const char *p = t->s; p < end;) {
		const char *stop = memchr(p, '_', end - p) ?: end;

		if (is_bound_word(p, stop - p))
			return true;
		p = stop + 1;
	}
	return false;
}

/* "ST_END", "LAST_STATE": may be a state as well. */
static bool is_end_name(const struct c_token *t)
{
	static const char *const words[] = {"end", "last"};
	const char *end = t->s + t->len;

	for (const char *p = t->s; p < end;) {
		const char *stop = memchr(p, '_', end - p) ?: end;

		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			if ((size_t)(stop - p) == strlen(words[i]) && !strncasecmp(p, words[i], stop - p))
				return true;
		p = stop + 1;
	}
	return false;
}

/* "{ [ST_END] = ", where a table has something for it, or "x->state = ST_END;" at @i: it is one of those that it would count. */
static bool is_one_itself(const struct c_token *t, size_t i, size_t n)
{
	if (i < 2 || i + 2 >= n)
		return false;
	if (punct_is(&t[i - 1], '[') && punct_is(&t[i + 1], ']') && punct_is(&t[i + 2], '='))
		return punct_is(&t[i - 2], '{') || punct_is(&t[i - 2], ',');
	return i > 2 && is_end_name(&t[i]) && punct_is(&t[i - 1], '=') && t[i - 2].kind == C_WORD && t[i + 1].kind == C_PUNCT &&
	       strchr(";,}", *t[i + 1].s) && (punct_is(&t[i - 3], '.') || punct_is(&t[i - 3], '>'));
}

void enumerators_read_uses(struct enumerators *e, const struct c_tokens *t)
{
	for (size_t i = 0; i < t->n; i++) {
		_cleanup_free_ char *name = is_one_itself(t->v, i, t->n) ? xstrndup(t->v[i].s, t->v[i].len) : NULL;
		size_t known = name ? strmap_find(&e->names, name) : STRMAP_NONE;

		if (known != STRMAP_NONE)
			e->v[known].bound = false;
	}
}

/* Where the number ends that may stand behind @i: an array size at "[", a width at ":"; @i + 1: none does. */
static size_t number_end(const struct c_token *t, size_t i, size_t n)
{
	size_t end = i + 1;

	if (punct_is(&t[i], '['))
		return closing(t, i, n);
	if (!punct_is(&t[i], ':'))
		return end;
	while (end < n && !punct_is(&t[end], ';') && !punct_is(&t[end], ','))
		end++;
	return end;
}

/* "2 " of an array with two initial values; NULL: it is none. */
static const char *length_of(const struct enumerators *e, const struct c_token *t)
{
	_cleanup_free_ char *name = t->kind == C_WORD && e->arrays.names.n ? xstrndup(t->s, t->len) : NULL;
	size_t i = name ? strmap_find(&e->arrays, name) : STRMAP_NONE;

	return i != STRMAP_NONE ? e->lengths.v[i] : NULL;
}

/* @depth: of brackets in which these tokens stand already. */
static void print(const struct enumerators *e, const struct c_token *t, size_t n, size_t depth, struct str *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct enumerator *named = depth ? find(e, &t[i]) : NULL;
		const char *length = depth && !named ? length_of(e, &t[i]) : NULL;
		size_t end = number_end(t, i, n);
		int64_t value;

		depth += punct_is(&t[i], '[') || punct_is(&t[i], '(');
		depth -= depth && (punct_is(&t[i], ']') || punct_is(&t[i], ')'));
		if (t[i].kind == C_PRAGMA)
			continue;
		if (named && named->known)
			str_addf(out, "%" PRId64 " ", named->value);
		else if (named)
			str_addf(out, "( %s) ", named->text);
		else if (length)
			str_addf(out, "( %.*s [ %s] ) ", (int)t[i].len, t[i].s, length);
		else
			str_addf(out, "%.*s ", (int)t[i].len, t[i].s);
		if (end <= i + 1 || !enumerators_evaluate(e, t + i + 1, end - i - 1, &value))
			continue;
		str_addf(out, "%" PRId64 " ", value);
		i = end - 1;
	}
}

/* The enumerators of one list, while it is read. */
struct list {
	struct enumerators *e;
	const struct c_token *t;
	const struct c_token *tag;	/* or the first enumerator */
	size_t *name;		/* where each stands */
	bool *explicit;
	size_t n;
};

static void define(struct enumerators *e, const struct c_token *name, struct enumerator value)
{
	_cleanup_free_ char *word = xstrndup(name->s, name->len);
	size_t known = e->names.names.n;

	if (strmap_add(&e->names, word) < known) {
		free(value.text);
		free(value.list);
		return;
	}
	e->v = xrealloc(e->v, (known + 1) * sizeof(*e->v));
	e->v[known] = value;
}

/* Its value, tokens [from, to), or one more than @last. */
static struct enumerator value_of(const struct list *l, size_t from, size_t to, const struct enumerator *last)
{
	struct enumerator ret = {.list = xstrndup(l->tag->s, l->tag->len)};
	struct str text = STR_INIT;

	if (from == to && (!last || last->known)) {
		ret.known = true;
		ret.value = last ? last->value + 1 : 0;
		return ret;
	}
	if (from < to && enumerators_evaluate(l->e, l->t + from, to - from, &ret.value)) {
		ret.known = true;
		return ret;
	}
	if (from < to)
		print(l->e, l->t + from, to - from, 1, &text);
	else
		str_addf(&text, "%s+ 1 ", last->text);
	ret.text = text.s;
	return ret;
}

static void remember(struct list *l, size_t name, bool is_explicit)
{
	l->name = xrealloc(l->name, (l->n + 1) * sizeof(*l->name));
	l->explicit = xrealloc(l->explicit, (l->n + 1) * sizeof(*l->explicit));
	l->name[l->n] = name;
	l->explicit[l->n++] = is_explicit;
}

/* Bounds stand at the end; what stands among them has a value of its own. */
static void mark_bounds(const struct list *l)
{
	for (size_t i = l->n; i-- > 0;) {
		const struct c_token *t = &l->t[l->name[i]];
		_cleanup_free_ char *word = xstrndup(t->s, t->len);

		if (is_bound_name(t))
			l->e->v[strmap_find(&l->e->names, word)].bound = true;
		else if (!l->explicit[i])
			break;
	}
}

/* The braces of an enumeration at [open, close]. */
static void read_list(struct enumerators *e, const struct c_token *t, const struct c_token *tag, size_t open, size_t close)
{
	struct list l = {.e = e, .t = t, .tag = tag ?: &t[open + 1]};
	struct enumerator last = {};
	bool first = true;

	for (size_t i = open + 1; i < close;) {
		size_t name = i, equals, end = i;
		_cleanup_free_ char *word = NULL;

		while (end < close && !punct_is(&t[end], ','))
			end = t[end].kind == C_PUNCT && strchr("([{", *t[end].s) ? closing(t, end, close) + 1 : end + 1;
		end = end < close ? end : close;
		for (equals = name; equals < end && !punct_is(&t[equals], '='); equals++)
			;
		i = end + 1;
		if (t[name].kind != C_WORD)
			continue;
		word = xstrndup(t[name].s, t[name].len);
		define(e, &t[name], value_of(&l, equals < end ? equals + 1 : end, end, first ? NULL : &last));
		last = e->v[strmap_find(&e->names, word)];
		first = false;
		remember(&l, name, equals < end);
	}
	mark_bounds(&l);
	free(l.name);
	free(l.explicit);
}

void enumerators_read(struct enumerators *e, const struct c_token *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct c_token *tag = NULL;
		size_t open = i + 1, close;

		if (!c_token_is(&t[i], "enum"))
			continue;
		while (open < n && t[open].kind == C_WORD) {
			bool attribute = c_token_is(&t[open], "__attribute__");

			tag = attribute ? tag : &t[open];
			open = attribute ? closing(t, open + 1, n) + 1 : open + 1;
		}
		close = open < n && punct_is(&t[open], '{') ? closing(t, open, n) : n;
		if (close < n)
			read_list(e, t, tag, open, close);
	}
}

void enumerators_read_arrays(struct enumerators *e, const struct c_tokens *t)
{
	for (size_t i = 1, end; i < t->n; i = end) {
		_cleanup_free_ char *name = NULL;
		struct str length = STR_INIT;
		size_t known = e->arrays.names.n;

		end = array_length(t, i, &length) ?: i + 1;
		name = length.s && t->v[i - 1].kind == C_WORD ? xstrndup(t->v[i - 1].s, t->v[i - 1].len) : NULL;
		if (name && strmap_add(&e->arrays, name) == known)
			strv_add(&e->lengths, length.s);
		str_free(&length);
	}
}

void enumerators_free(struct enumerators *e)
{
	strmap_free(&e->arrays);
	strv_free(&e->lengths);
	for (size_t i = 0; i < e->names.names.n; i++) {
		free(e->v[i].text);
		free(e->v[i].list);
	}
	free(e->v);
	strmap_free(&e->names);
}

void enumerators_print(const struct enumerators *e, const struct c_token *t, size_t n, struct str *out)
{
	print(e, t, n, 0, out);
}
