// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/makers.h"

#include <string.h>

#include "objmanip/select.h"

/* Adds each of @words, with @behind at its end. */
static void add_words(struct strv *to, const char *words, const char *behind)
{
	_cleanup_free_ char *copy = xstrdup(words);
	char *save = NULL;

	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		_cleanup_free_ char *one = xasprintf("%s%s", word, behind);

		strv_add_new(to, one);
	}
}

void makers_list(const struct strmap *names, const struct strv *texts, const char *makers, struct strv *ret)
{
	add_words(ret, makers, "");
	/* The list grows while it is gone through. */
	for (size_t i = 0; i < ret->n; i++) {
		_cleanup_free_ char *maker = xstrndup(ret->v[i], strcspn(ret->v[i], "<"));
		_cleanup_free_ char *name = xasprintf("callers %s", maker), *behind = xasprintf("<%s", maker);
		size_t n = strmap_find(names, name);

		if (n != STRMAP_NONE)
			add_words(ret, texts->v[n], behind);
	}
}

/* The function, or a clone of it: foo.isra.0. Its parts go with it. */
static bool is_function(const struct om_span *span, const char *name)
{
	size_t len = strlen(name);

	return om_is_code(span) && span->symbol && !span->part_of && !strncmp(span->name, name, len) &&
	       (!span->name[len] || span->name[len] == '.');
}

enum fate { ABSENT, REPLACED, KEPT };

static enum fate fate_of(const struct om_obj *pre, const char *name)
{
	enum fate fate = ABSENT;

	om_for_each_span(span, pre) {
		if (!is_function(span, name))
			continue;
		if (!(span->twin && om_replaced(span->twin)))
			return KEPT;
		fate = REPLACED;
	}
	return fate;
}

/* Adds those that @makers says mention @name: what is no function of its own is a part of these. */
static void add_mentioning(const struct strv *makers, const char *name, struct strv *to)
{
	for (size_t i = 0; i < makers->n; i++) {
		const char *in = strchr(makers->v[i], '<');
		_cleanup_free_ char *function = in && !strcmp(in + 1, name) ? xstrndup(makers->v[i], in - makers->v[i]) : NULL;

		if (function)
			strv_add_new(to, function);
	}
}

char *makers_kept(const struct om_target *t, const char *unit, const struct strv *makers)
{
	_cleanup_strv_ struct strv todo = STRV_INIT;
	const struct om_obj *pre = NULL;

	for (size_t i = 0; i < t->nr_units; i++)
		if (!strcmp(t->units[i].pre->unit, unit))
			pre = t->units[i].pre;
	for (size_t i = 0; i < makers->n; i++)
		if (!strchr(makers->v[i], '<'))
			strv_add_new(&todo, makers->v[i]);
	/* The list grows while it is gone through. */
	for (size_t i = 0; pre && i < todo.n; i++) {
		enum fate fate = fate_of(pre, todo.v[i]);

		if (fate == KEPT)
			return xstrdup(todo.v[i]);
		if (fate == ABSENT)
			add_mentioning(makers, todo.v[i], &todo);
	}
	return NULL;
}
