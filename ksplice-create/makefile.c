// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the kernel's makefiles for what kbuild cannot be asked: who includes a file, which option would build it. */
#include "ksplice-create/makefile.h"

#include <string.h>

#include "ksplice-create/tree.h"

/* The makefile of a directory, with continued lines joined; NULL if it has none. Owned by the caller. */
static char *read_makefile(const char *source, const char *dir)
{
	static const char *const names[] = {"Kbuild", "Makefile"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s/%s", source, dir, names[i]);
		struct error *err;
		char *text;

		err = file_read(path, TEXT_MAX, &text, NULL);
		if (err) {
			error_free(err);
			continue;
		}
		for (char *p = text; (p = strstr(p, "\\\n"));)
			p[0] = p[1] = ' ';
		return text;
	}
	return NULL;
}

/* The option in "obj-$(CONFIG_FOO)"; NULL if there is none. */
static char *option_in(const char *variable, size_t len)
{
	const char *p = memmem(variable, len, "$(CONFIG_", 9);

	return p ? xstrndup(p + 2, strcspn(p + 2, ")")) : NULL;
}

/* Is @word one of the words of the @len bytes at @list? */
static bool has_word(const char *list, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= len; i++) {
		bool starts = !i || strchr(" \t", list[i - 1]);
		bool ends = i + n == len || strchr(" \t#", list[i + n]);

		if (starts && ends && !strncmp(list + i, word, n))
			return true;
	}
	return false;
}

/* "foo" of "foo-objs", "foo-y", "foo-$(CONFIG_BAR)"; NULL for obj-, lib- and the like. Owned by the caller. */
static char *composite_of(const char *variable, size_t len)
{
	static const char *const lists[] = {"obj-", "lib-", "extra-", "always-"};
	const char *dash = memmem(variable, len, "-$(", 3);

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (starts_with(variable, lists[i]))
			return NULL;
	if (!dash)
		dash = memmem(variable, len, "-objs", 5) ?: memmem(variable, len, "-y", 2);
	return dash ? xstrndup(variable, dash - variable) : NULL;
}

#define NESTING_MAX 4	/* an object in a composite in a composite: kbuild itself knows two levels */

/* Adds the options on all lines of @text that have @word in their list. */
static void options_for(const char *text, const char *word, int depth, struct strv *ret)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t len = strcspn(line, "\n"), variable = strcspn(line, " \t:+=\n");
		const char *equals = memchr(line, '=', len);
		_cleanup_free_ char *option = NULL, *composite = NULL;

		if (!equals || !has_word(equals + 1, len - (equals + 1 - line), word))
			continue;
		option = option_in(line, variable);
		if (option)
			strv_add_new(ret, option);
		composite = composite_of(line, variable);
		if (composite && depth < NESTING_MAX) {
			_cleanup_free_ char *object = xasprintf("%s.o", composite);

			if (strcmp(object, word))
				options_for(text, object, depth + 1, ret);
		}
	}
}

struct error *makefile_options_off(const char *source, const char *unit, const struct kconfig *config, struct strv *ret)
{
	_cleanup_strv_ struct strv all = STRV_INIT;
	_cleanup_free_ char *path = xstrdup(unit);

	/* "a/b/c.o": c.o in a/b, b/c.o and b/ in a. */
	for (char *slash = strrchr(path, '/'); slash; slash = strrchr(path, '/')) {
		_cleanup_free_ char *dir = xstrndup(unit, slash - path), *text = read_makefile(source, dir);
		const char *below = unit + (slash - path) + 1;
		_cleanup_free_ char *subdir = xasprintf("%.*s/", (int)strcspn(below, "/"), below);

		*slash = 0;
		if (!text)
			continue;
		options_for(text, below, 0, &all);
		if (strchr(below, '/'))
			options_for(text, subdir, 0, &all);
	}
	for (size_t i = 0; i < all.n; i++)
		if (!kconfig_get(config, all.v[i]))
			strv_add(ret, all.v[i]);
	return NULL;
}

/* Has @text a line '#include "name"', with any directories before the name? */
static bool includes(const char *text, const char *name)
{
	_cleanup_free_ char *plain = xasprintf("\"%s\"", name), *behind_dir = xasprintf("/%s\"", name);
	const char *const forms[] = {plain, behind_dir};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		for (const char *p = text; (p = strstr(p, forms[i])); p++) {
			const char *line = p;

			while (line > text && line[-1] != '\n')
				line--;
			line += strspn(line, " \t");
			if (*line == '#' && starts_with(line + 1 + strspn(line + 1, " \t"), "include"))
				return true;
		}
	}
	return false;
}

static struct error *includers_in(const char *source, const char *dir, const char *file, bool *ret)
{
	static const char *const suffixes[] = {".c", ".h", ".S", ".inc"};
	const char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
	_cleanup_free_ char *path = xasprintf("%s/%s", source, dir);
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct error *err = tree_list(path, &names);

	for (size_t i = 0; !err && !*ret && i < names.n; i++) {
		_cleanup_free_ char *full = xasprintf("%s/%s", path, names.v[i]), *text = NULL;
		bool source_file = false;

		for (size_t k = 0; k < ARRAY_SIZE(suffixes); k++)
			source_file |= ends_with(names.v[i], suffixes[k]);
		if (!source_file || path_is_dir(full))
			continue;
		err = file_read(full, TEXT_MAX, &text, NULL);
		*ret = !err && includes(text, name);
	}
	return err;
}

struct error *makefile_includers(const char *source, const char *file, bool *ret)
{
	const char *slash = strrchr(file, '/');
	_cleanup_free_ char *dir = xstrndup(file, slash ? slash - file : 0), *above = xstrdup(dir);
	_cleanup_free_ char *path = xasprintf("%s/%s", source, dir);
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct error *err = includers_in(source, dir, file, ret);

	if (strrchr(above, '/')) {
		*strrchr(above, '/') = 0;
		err = err ?: includers_in(source, above, file, ret);
	}
	err = err ?: tree_list(path, &names);
	for (size_t i = 0; !err && !*ret && i < names.n; i++) {
		_cleanup_free_ char *below = xasprintf("%s/%s", dir, names.v[i]), *full = xasprintf("%s/%s", source, below);

		if (path_is_dir(full))
			err = includers_in(source, below, file, ret);
	}
	return err;
}

bool makefile_mentions(const char *source, const char *file)
{
	const char *slash = strrchr(file, '/');
	_cleanup_free_ char *dir = xstrndup(file, slash ? slash - file : 0), *text = read_makefile(source, dir);

	return text && strstr(text, slash ? slash + 1 : file);
}
