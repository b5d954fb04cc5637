// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/desk-commands.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "ksplice-create/tree.h"
#include "ksplice-create/util.h"

/* Functions of make that only make texts of texts, and names of files. */
static bool is_harmless(const char *name, size_t len)
{
	static const char *const list[] = {"addprefix", "addsuffix", "patsubst", "subst", "strip", "filter", "filter-out", "findstring", "sort",
					   "word", "words", "wordlist", "firstword", "lastword", "dir", "notdir", "basename", "suffix", "join",
					   "if", "or", "and", "wildcard"};

	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		if (strlen(list[i]) == len && !strncmp(name, list[i], len))
			return true;
	return false;
}

/* "$(NAME)", "$(NAME:.o=.c)" and harmless functions, and no other: $(shell ...), $(call ...), $($(S) ...). */
static bool calls_function(const char *line)
{
	for (const char *p = strchr(line, '$'); p; p = strchr(p + 1, '$')) {
		const char *name = p + 2;
		size_t len = p[1] == '(' || p[1] == '{' ? strcspn(name, " \t\r,\\$():{}") : 0;

		if (p[1] != '(' && p[1] != '{')
			continue;
		if (name[len] != ')' && name[len] != '}' && name[len] != ':' && !is_harmless(name, len))
			return true;
	}
	return false;
}

static bool has_word(const char *line, const char *const *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		size_t len = strlen(list[i]);

		if (!strncmp(line, list[i], len) && !(isalnum((unsigned char)line[len]) || line[len] == '_' || line[len] == '-'))
			return true;
	}
	return false;
}

/* "include $(srctree)/$(src)/../jbd2/Makefile": of the tree, and where the diff has it, looked at itself (is_read()). */
static bool includes_makefile(const char *line)
{
	static const char *const places[] = {"$(srctree)/", "$(src)/"};
	const char *name;

	if (!starts_with(line, "include "))
		return false;
	line += strcspn(line, " ");
	line += strspn(line, " ");
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (starts_with(line, places[i]))
			line += strlen(places[i]);
	name = strrchr(line, '/') ? strrchr(line, '/') + 1 : line;
	return *line != '/' && !strpbrk(line, "$ \t\\") && (starts_with(name, "Makefile") || starts_with(name, "Kbuild"));
}

/* Another file that is read, and what make or its functions are told to run: "SHELL = ", "CC := ", "x != program". */
static bool is_about_programs(const char *line)
{
	static const char *const prefixes[] = {"export", "override", "unexport"};
	static const char *const words[] = {"include", "-include", "sinclude", "load", "-load", "define"};
	static const char *const programs[] = {"SHELL", ".SHELLFLAGS", "MAKE", "MAKEFLAGS", "MFLAGS", "GNUMAKEFLAGS", "CC", "HOSTCC", "CPP", "LD", "AR",
					       "AS", "NM", "OBJCOPY", "OBJDUMP", "STRIP", "READELF", "AWK", "PERL", "PYTHON3", "BASH",
					       "CONFIG_SHELL", "CHECK", "KBUILD_CFLAGS", "KBUILD_CPPFLAGS", "KBUILD_AFLAGS"};
	size_t blanks;

	line += strspn(line, " ");
	while (has_word(line, prefixes, ARRAY_SIZE(prefixes))) {
		line += strcspn(line, " \t");
		line += strspn(line, " \t");
	}
	if (includes_makefile(line))
		return false;
	if (*line == '\t' || strstr(line, "!=") || has_word(line, words, ARRAY_SIZE(words)))
		return true;
	if (!has_word(line, programs, ARRAY_SIZE(programs)))
		return false;
	line += strcspn(line, " \t:?+=");
	blanks = strspn(line, " \t:?+");
	return line[blanks] == '=';
}

static bool may_run(const char *line, bool kconfig)
{
	if (line[strspn(line, " \t")] == '#')
		return false;
	/* All macros of Kconfig (scripts/Kconfig.include) end in a shell, and it may read another file by a name of the diff's. */
	return kconfig ? strchr(line, '$') != NULL : calls_function(line) || is_about_programs(line);
}

static void split_lines(const char *text, struct strv *ret)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		strv_addf(ret, "%.*s", (int)strcspn(text, "\n"), text);
}

char *desk_command(const char *old, const char *new, bool kconfig)
{
	_cleanup_strv_ struct strv before = STRV_INIT, after = STRV_INIT;

	split_lines(old, &before);
	split_lines(new, &after);
	for (size_t i = 0; i < after.n; i++)
		if (may_run(after.v[i], kconfig) && !strv_has(&before, after.v[i]))
			return xstrdup(after.v[i] + strspn(after.v[i], " \t"));
	return NULL;
}

/* By its name, as make and Kconfig may read it for reasons that are not known here; but not where no unit is made. */
static bool is_read(const char *file, bool *kconfig)
{
	const char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;

	if (!fnmatch("arch/*/boot/*", file, 0))
		return false;
	*kconfig = starts_with(name, "Kconfig");
	return *kconfig || starts_with(name, "Makefile") || starts_with(name, "Kbuild");
}

static struct error *check_file(const struct create *c, const char *file, bool kconfig)
{
	_cleanup_free_ char *was = xasprintf("%s/%s", c->kernel.source, file), *is = xasprintf("%s/%s", c->ws.stage, file);
	_cleanup_free_ char *old = NULL, *new = NULL, *line = NULL;
	struct error *err = path_exists(was) ? file_read(was, TEXT_MAX, &old, NULL) : NULL;

	if (!err && path_exists(is))
		err = file_read(is, TEXT_MAX, &new, NULL);
	line = err ? NULL : desk_command(old ?: "", new ?: "", kconfig);
	return line ? error_new(ERROR_REFUSED, "%s: '%s' may run a program when it is read, here and now, and nobody knows which; leave it out "
				"of the diff", file, line)
		    : err;
}

struct error *desk_commands_check(const struct create *c)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < c->patches.files.n; i++) {
		bool kconfig;

		if (is_read(c->patches.files.v[i], &kconfig))
			err = check_file(c, c->patches.files.v[i], kconfig);
	}
	return err;
}
