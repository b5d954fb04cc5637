// SPDX-License-Identifier: GPL-2.0-or-later
/* Which macros have a part in an #include. */
#include "ksplice-create/computed-includes.h"

#include <string.h>

#include "ksplice-create/directives.h"

/* Behind the name of one that is called stands "(" here, so that "NAME" and "NAME(" are two words. */
static void add_word(struct computed_includes *ci, const char *p, size_t n, bool called)
{
	_cleanup_free_ char *word = xasprintf("%.*s%s", (int)n, p, called ? "(" : "");

	strmap_add(&ci->words, word);
}

static bool is_called(const char *behind)
{
	return behind[strspn(behind, " \t")] == '(';
}

/* "NAME" or "TRACE_INCLUDE(TRACE_INCLUDE_FILE)" */
bool computed_includes_line(struct computed_includes *ci, const char *p)
{
	size_t n = name_length(p), inner;
	bool called = is_called(p + n);

	if (!n)
		return false;
	add_word(ci, p, n, called);
	p += n + strspn(p + n, " \t");
	if (called) {
		p += 1 + strspn(p + 1, " \t");
		inner = name_length(p);
		if (!inner)
			return false;
		add_word(ci, p, inner, false);
		p += inner + strspn(p + inner, " \t");
		if (*p++ != ')')
			return false;
		p += strspn(p, " \t\r");
	}
	return !*p || *p == '\n' || *p == '/';
}

void computed_includes_possible(struct computed_includes *ci, size_t from, const char *name, size_t to)
{
	ci->possible = xrealloc(ci->possible, (ci->nr + 1) * sizeof(*ci->possible));
	ci->possible[ci->nr++] = (struct possible_include){.from = from, .to = to, .name = xstrdup(name)};
}

bool computed_includes_has(const struct computed_includes *ci, const char *name)
{
	_cleanup_free_ char *called = xasprintf("%s(", name);

	return ci->anything || strmap_find(&ci->words, name) != STRMAP_NONE || strmap_find(&ci->words, called) != STRMAP_NONE;
}

bool computed_includes_open(const struct computed_includes *ci)
{
	for (size_t i = 0; i < ci->nr; i++)
		if (!computed_includes_has(ci, ci->possible[i].name))
			return true;
	return false;
}

/* Is the word among those in the parentheses at @params? */
static bool is_parameter(const char *params, const char *word, size_t len)
{
	for (const char *p = params; *p && *p != ')' && *p != '\n';) {
		size_t n = name_length(p);

		if (n == len && !strncmp(p, word, n))
			return true;
		p += n ?: 1;
	}
	return false;
}

/* A macro that has parameters is none where no "(" follows: vmalloc() has no part in "#define TRACE_SYSTEM vmalloc". */
static bool has_part(const struct computed_includes *ci, const char *name, bool params, bool *called)
{
	_cleanup_free_ char *call = xasprintf("%s(", name);

	*called = strmap_find(&ci->words, call) != STRMAP_NONE;
	return *called || (!params && strmap_find(&ci->words, name) != STRMAP_NONE);
}

/*
 * The definition at @p, to its end: lines that end in a backslash go on.  What stands behind the name of a macro without parameters, @called,
 * may stand behind its last word as well.
 */
static const char *add_body(struct computed_includes *ci, const char *p, bool called)
{
	const char *params = *p == '(' ? p : NULL;

	if (params)
		p += strcspn(p, ")\n");
	while (*p && (*p != '\n' || p[-1] == '\\' || (p[-1] == '\r' && p[-2] == '\\'))) {
		size_t n = name_length(p);
		bool call = is_called(p + n) || (called && !params);

		if (n && call && params && is_parameter(params, p, n))
			ci->anything = true;
		if (n)
			add_word(ci, p, n, call);
		p += n ?: 1;
	}
	return p;
}

void computed_includes_bodies(struct computed_includes *ci, const char *text)
{
	const char *p = text;
	struct directive d;

	while (directive_next(text, &p, &d)) {
		size_t n = directive_is(&d, "define") ? name_length(d.rest) : 0;
		_cleanup_free_ char *name = xstrndup(d.rest, n);
		bool called;

		if (n && has_part(ci, name, d.rest[n] == '(', &called))
			p = add_body(ci, d.rest + n, called);
	}
}

void computed_includes_free(struct computed_includes *ci)
{
	for (size_t i = 0; i < ci->nr; i++)
		free(ci->possible[i].name);
	free(ci->possible);
	strmap_free(&ci->words);
	*ci = (struct computed_includes){};
}
