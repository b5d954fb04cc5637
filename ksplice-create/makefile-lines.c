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

/* What a line does to the conditions under which those behind it are read. */
enum condition { NO_CONDITION, BEGINS, TURNS, ENDS };

static enum condition condition_of(const char *line)
{
	static const struct {
		const char *word;
		enum condition is;
	} words[] = {
		{"ifdef", BEGINS}, {"ifndef", BEGINS}, {"ifeq", BEGINS}, {"ifneq", BEGINS}, {"else", TURNS}, {"endif", ENDS},
	};
	size_t len = strcspn(line, " (");

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (len == strlen(words[i].word) && !strncmp(line, words[i].word, len))
			return words[i].is;
	return NO_CONDITION;
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
	/* Of the last ones, the value may look like a list: cmd_b = $(if $(B),$(call cmd_c)), OBJECT_FILES_NON_STANDARD := $(B). */
	static const char *const others[] = {"hostprogs", "userprogs", "targets", "always", "clean", "ldflags-", "generic-", "mandatory-",
					     "OBJECT_FILES_", "OBJCOPY", "LDFLAGS", "KBUILD_", "cmd_", "rule_", "filechk_"};
	const char *equals = strchr(line, '='), *end = equals, *value = equals ? equals + 1 + (equals[1] == ' ') : NULL;
	_cleanup_free_ char *name = NULL;

	if (!*line)
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

struct unseen {
	struct strv lines;
	struct strv under;	/* of each: the conditions, one below the other */
};

static void enter(struct strv *conditions, enum condition what, const char *line)
{
	_cleanup_free_ char *turned = NULL;

	if (what == BEGINS)
		strv_add(conditions, line);
	if (what == BEGINS || !conditions->n)
		return;
	turned = xasprintf("%s %s", conditions->v[conditions->n - 1], line);
	strv_drop_last(conditions);
	if (what == TURNS)
		strv_add(conditions, turned);
}

static void find_unseen(const char *text, struct unseen *ret)
{
	_cleanup_strv_ struct strv lines = STRV_INIT, conditions = STRV_INIT;

	add_lines(text, &lines);
	for (size_t i = 0; i < lines.n; i++) {
		_cleanup_str_ struct str under = STR_INIT;
		enum condition what = condition_of(lines.v[i]);

		if (what != NO_CONDITION) {
			enter(&conditions, what, lines.v[i]);
			continue;
		}
		if (is_seen(lines.v[i]))
			continue;
		str_add(&under, "", 0);
		for (size_t k = 0; k < conditions.n; k++)
			str_addf(&under, "%s\n", conditions.v[k]);
		strv_add(&ret->lines, lines.v[i]);
		strv_add(&ret->under, under.s);
	}
}

static bool same_at(const struct unseen *a, const struct unseen *b, size_t i)
{
	return i < a->lines.n && i < b->lines.n && !strcmp(a->lines.v[i], b->lines.v[i]) && !strcmp(a->under.v[i], b->under.v[i]);
}

/* In which they differ at @i; rather one that the other version has not at all. */
static const char *different_at(const struct unseen *a, const struct unseen *b, size_t i)
{
	if (i < a->lines.n && (i >= b->lines.n || !strv_has(&b->lines, a->lines.v[i])))
		return a->lines.v[i];
	return i < b->lines.n ? b->lines.v[i] : a->lines.v[i];
}

char *makefile_unseen_line(const char *old, const char *new)
{
	struct unseen a = {}, b = {};
	char *ret = NULL;

	find_unseen(old, &a);
	find_unseen(new, &b);
	for (size_t i = 0; !ret && (i < a.lines.n || i < b.lines.n); i++)
		if (!same_at(&a, &b, i))
			ret = xstrdup(different_at(&a, &b, i));
	strv_free(&a.lines);
	strv_free(&a.under);
	strv_free(&b.lines);
	strv_free(&b.under);
	return ret;
}
