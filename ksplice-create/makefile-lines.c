// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/makefile-lines.h"

#include <ctype.h>
#include <string.h>

#include "ksplice-create/util.h"

/* The lines without comments, joined with those that continue them, with one blank in place of several. */
static void add_lines(const char *text, struct strv *ret)
{
	_cleanup_str_ struct str line = STR_INIT;
	bool comment = false;

	str_add(&line, "", 0);
	for (const char *p = text; *p; p++) {
		bool blank = isspace((unsigned char)*p) || (*p == '\\' && p[1] == '\n');

		comment |= *p == '#' && (p == text || p[-1] != '\\');
		if (*p == '\\' && p[1] == '\n')
			p++;
		else if (*p == '\n') {
			strv_add(ret, line.s);
			line.len = *line.s = 0;
			comment = false;
			continue;
		}
		if (comment || (blank && (!line.len || line.s[line.len - 1] == ' ')))
			continue;
		str_add(&line, blank ? " " : p, 1);
	}
	strv_add(ret, line.s);
	for (size_t i = 0; i < ret->n; i++)
		for (size_t len = strlen(ret->v[i]); len && ret->v[i][len - 1] == ' '; len--)
			ret->v[i][len - 1] = 0;
}

static bool is_conditional(const char *line)
{
	static const char *const words[] = {"ifdef", "ifndef", "ifeq", "ifneq", "else", "endif"};
	size_t len = strcspn(line, " (");

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (len == strlen(words[i]) && !strncmp(line, words[i], len))
			return true;
	return false;
}

/* "CFLAGS_foo.o", "subdir-ccflags-y": what the compiler is told. */
static bool is_about_flags(const char *name)
{
	static const char *const of_all[] = {"ccflags-", "asflags-", "cppflags-", "subdir-ccflags-", "subdir-asflags-", "KASAN_SANITIZE",
					     "KCSAN_SANITIZE", "KMSAN_SANITIZE", "UBSAN_SANITIZE", "KCOV_INSTRUMENT", "GCOV_PROFILE"};
	static const char *const of_one[] = {"CFLAGS_", "AFLAGS_"};

	for (size_t i = 0; i < ARRAY_SIZE(of_all); i++)
		if (starts_with(name, of_all[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(of_one); i++)
		if (starts_with(name, of_one[i]) && ends_with(name, ".o"))
			return true;
	return false;
}

/* Behind the parenthesis that closes the one of "$(" at @p. */
static const char *skip_reference(const char *p)
{
	int depth = 0;

	for (; *p; p++) {
		depth += *p == '(';
		if (*p == ')' && !--depth)
			return p + 1;
	}
	return p;
}

/* Nothing but objects, directories and other variables? */
static bool is_list(const char *value)
{
	while (*value) {
		const char *word = value;
		bool ends = false;

		while (*value && *value != ' ') {
			bool reference = starts_with(value, "$(");

			ends = reference || *value == '/' || (value - word >= 2 && starts_with(value - 1, ".o"));
			value = reference ? skip_reference(value) : value + 1;
		}
		if (!ends)
			return false;
		value += *value == ' ';
	}
	return true;
}

static bool is_seen(const char *line)
{
	static const char *const others[] = {"hostprogs", "userprogs", "targets", "always", "clean", "ldflags-", "generic-", "mandatory-"};
	const char *equals = strchr(line, '='), *end = equals, *value = equals ? equals + 1 + (equals[1] == ' ') : NULL;
	_cleanup_free_ char *name = NULL;

	if (!*line || is_conditional(line))
		return true;
	if (!equals || equals == line)
		return false;
	while (end > line && strchr(":+? ", end[-1]))
		end--;
	name = xstrndup(line, end - line);
	/* "$(obj)/foo.o: CFLAGS = ..." is none. */
	if (!*name || strchr(name, ' ') || strchr(name, ':'))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (starts_with(name, others[i]))
			return false;
	return is_about_flags(name) || is_list(value);
}

char *makefile_unseen_line(const char *old, const char *new)
{
	_cleanup_strv_ struct strv a = STRV_INIT, b = STRV_INIT;
	const struct strv *const sides[] = {&a, &b};

	add_lines(old, &a);
	add_lines(new, &b);
	for (size_t i = 0; i < ARRAY_SIZE(sides); i++)
		for (size_t k = 0; k < sides[i]->n; k++)
			if (!strv_has(sides[!i], sides[i]->v[k]) && !is_seen(sides[i]->v[k]))
				return xstrdup(sides[i]->v[k]);
	return NULL;
}
