// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/programs.h"

#include <stdlib.h>
#include <string.h>

#include "ksplice-create/depend.h"
#include "ksplice-create/outside.h"
#include "ksplice-create/tree.h"

#define ADVICE "what it would make otherwise, the running kernel does not get; leave it out of the diff, unless the fix is in it"

/* What @file of the tree includes in quotes, of what is in the tree: added to @ret. */
static struct error *add_quoted(const struct create *c, const char *file, struct strv *ret)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", c->kernel.source, file), *text = NULL;
	const char *slash = strrchr(path, '/');
	size_t root = strlen(c->kernel.source);
	struct error *err = path_exists(path) ? file_read(path, TEXT_MAX, &text, NULL) : NULL;

	for (const char *p = text; p && (p = strstr(p, "include")); p++) {
		const char *name = p + strlen("include") + strspn(p + strlen("include"), " \t");
		_cleanup_free_ char *full = NULL, *real = NULL;

		if (*name != '"')
			continue;
		full = xasprintf("%.*s/%.*s", (int)(slash - path), path, (int)strcspn(name + 1, "\"\n"), name + 1);
		real = realpath(full, NULL);
		if (real && starts_with(real, c->kernel.source) && real[root] == '/')
			strv_add_new(ret, real + root + 1);
	}
	return err;
}

static struct error *check_program(const struct create *c, const char *source, const struct strv *touched)
{
	_cleanup_strv_ struct strv files = STRV_INIT;
	struct error *err = NULL;

	strv_add(&files, source);
	/* The list grows while it is gone through. */
	for (size_t i = 0; !err && i < files.n; i++) {
		if (strv_has(touched, files.v[i]))
			return error_new(ERROR_REFUSED, "%s: is a part of a program that the kernel's build runs (%s): " ADVICE, files.v[i],
					 source);
		err = add_quoted(c, files.v[i], &files);
	}
	return err;
}

/* Programs that were made when the build was prepared. */
static struct error *check_made(const struct create *c, const char *dir, const struct strv *unused)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", c->ws.build, dir);
	_cleanup_strv_ struct strv files = STRV_INIT;
	struct error *err = path_is_dir(path) ? tree_files(path, &files) : NULL;

	for (size_t i = 0; !err && i < files.n; i++) {
		_cleanup_free_ char *cmd = xasprintf("%s/%s", path, files.v[i]), *text = NULL;

		if (!ends_with(cmd, ".cmd"))
			continue;
		err = file_read(cmd, TEXT_MAX, &text, NULL);
		for (size_t k = 0; !err && k < unused->n; k++)
			if (depend_names(c, text, unused->v[k]))
				err = error_new(ERROR_REFUSED, "%s: is a part of a program that the kernel's build runs (%s/%s): " ADVICE,
						unused->v[k], dir, files.v[i]);
	}
	return err;
}

struct error *programs_check(struct create *c, const struct survey *s, const struct strv *touched)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < s->programs.names.n; i++) {
		_cleanup_free_ char *source = xasprintf("%s.c", s->programs.names.v[i]);
		const char *why;

		/* usr/gen_init_cpio.c: what it makes was unpacked at boot. */
		if (unused_kind(source, &why) == FILE_OUTSIDE)
			continue;
		err = check_program(c, source, touched);
	}
	return err;
}

struct error *programs_check_unused(struct create *c, const struct strv *unused)
{
	static const char *const dirs[] = {"scripts", "tools"};
	struct error *err = NULL;

	for (size_t i = 0; !err && i < ARRAY_SIZE(dirs); i++)
		err = check_made(c, dirs[i], unused);
	return err;
}
