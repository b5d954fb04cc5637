// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the user's git directory, and makes one of ours from it. */
#include "ksplice-create/git-mirror.h"

#include <errno.h>
#include <string.h>

#include "common/subprocess.h"
#include "ksplice-create/tree.h"

/* The first line of @file without @prefix, a path as seen from @dir; owned by the caller. */
static struct error *read_path(const char *file, const char *prefix, const char *dir, char **ret)
{
	_cleanup_free_ char *text = NULL;
	struct error *err = file_read(file, 1 << 16, &text, NULL);
	const char *path;

	if (err)
		return err;
	text[strcspn(text, "\r\n")] = 0;
	path = text + strlen(prefix);
	if (!starts_with(text, prefix) || !*path)
		return error_new(ERROR_BAD_FILE, "%s: not as git makes it: '%s'", file, text);
	*ret = *path == '/' ? xstrdup(path) : xasprintf("%s/%s", dir, path);
	return NULL;
}

static struct error *not_a_top(const char *top)
{
	_cleanup_free_ char *above = xstrdup(top);

	for (char *slash = strrchr(above, '/'); slash; slash = strrchr(above, '/')) {
		_cleanup_free_ char *git = NULL;

		*slash = 0;
		git = xasprintf("%s/.git", above);
		if (path_exists(git))
			return error_new(ERROR_REFUSED, "%s: is not the top of a git tree, it lies in %s", top, *above ? above : "/");
	}
	return error_new(ERROR_REFUSED, "%s: not a git tree that --git could take a commit from: it has no .git", top);
}

struct error *git_find_dir(const char *top, char **ret)
{
	_cleanup_free_ char *git = xasprintf("%s/.git", top), *found = NULL;
	struct error *err = NULL;

	if (!path_exists(git))
		return not_a_top(top);
	if (path_is_dir(git))
		found = xstrdup(git);
	else
		err = read_path(git, "gitdir: ", top, &found);
	if (err)
		return err;
	*ret = realpath(found, NULL);
	return *ret ? NULL : error_errno(errno, "%s", found);
}

/* Where objects and branches are, which the working trees of one repository share. Owned by the caller. */
static struct error *find_common(const char *git_dir, char **ret)
{
	_cleanup_free_ char *file = xasprintf("%s/commondir", git_dir);

	if (path_exists(file))
		return read_path(file, "", git_dir, ret);
	*ret = xstrdup(git_dir);
	return NULL;
}

/* *@ret: what the configuration in @common says of @option, NULL if nothing; owned by the caller. */
static struct error *get_option(const char *common, const char *option, char **ret)
{
	_cleanup_free_ char *file = xasprintf("--file=%s/config", common);
	/* --no-includes: the file may name others. */
	const char *const argv[] = {"git", "config", file, "--no-includes", "--get", option, NULL};
	const struct subprocess p = {.argv = argv, .dir = "/", .split_stderr = true};
	struct subprocess_result r;
	struct error *err = subprocess_run(&p, &r);

	*ret = NULL;
	if (err)
		return error_prefix(err, "--git needs git");
	/* Status 1: it has none, or there is no such file. */
	if (r.status > 1)
		err = error_new(ERROR_BAD_FILE, "%s/config: %.*s", common, (int)strcspn(r.err, "\n"), r.err);
	else if (!r.status)
		*ret = xstrndup(r.out, strcspn(r.out, "\n"));
	subprocess_result_free(&r);
	return err;
}

/* How objects and names are stored is all that is taken from the user's configuration. */
static struct error *make_config(const char *common, struct str *config)
{
	static const char *const names[] = {"objectFormat", "refStorage"};
	struct error *err = NULL;

	str_addf(config, "[extensions]\n");
	for (size_t i = 0; !err && i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *option = xasprintf("extensions.%s", names[i]), *value = NULL;

		err = get_option(common, option, &value);
		if (value && value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789")])
			return error_new(ERROR_REFUSED, "%s/config: %s is '%s'; not supported", common, option, value);
		if (value)
			str_addf(config, "\t%s = %s\n", names[i], value);
	}
	/* A commit graph says what parents a commit has; the commit knows better. */
	str_addf(config, "[core]\n\trepositoryFormatVersion = 1\n\tbare = true\n\tcommitGraph = false\n");
	return err;
}

static struct error *write_file(const char *dir, const char *name, const char *text)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, name);

	return tree_write(path, text, strlen(text));
}

static struct error *link_names(const char *common, const char *dir)
{
	/* Branches and tags, in any of the ways in which git keeps them; main@{yesterday}; where a shallow clone ends. */
	static const char *const names[] = {"refs", "packed-refs", "reftable", "logs", "shallow"};
	struct error *err = NULL;

	for (size_t i = 0; !err && i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *from = xasprintf("%s/%s", common, names[i]), *to = xasprintf("%s/%s", dir, names[i]);

		if (path_exists(from))
			err = tree_symlink(from, to);
	}
	return err;
}

/* HEAD, FETCH_HEAD and their like, of which each working tree has its own. */
static struct error *copy_heads(const char *git_dir, const char *dir)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct error *err = tree_list(git_dir, &names);

	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *from = xasprintf("%s/%s", git_dir, names.v[i]), *to = xasprintf("%s/%s", dir, names.v[i]);

		if (ends_with(names.v[i], "HEAD") && path_exists(from) && !path_is_dir(from))
			err = tree_copy(from, to);
	}
	return err;
}

struct error *git_mirror(const char *git_dir, const char *dir)
{
	_cleanup_free_ char *common = NULL, *alternates = NULL;
	_cleanup_str_ struct str config = STR_INIT;
	struct error *err = tree_empty(dir);

	err = err ?: find_common(git_dir, &common);
	err = err ?: make_config(common, &config);
	if (err)
		return err;
	if (strchr(common, '\n'))
		return error_new(ERROR_REFUSED, "%s: git cannot find objects by such a path", common);
	alternates = xasprintf("%s/objects\n", common);
	err = write_file(dir, "config", config.s);
	err = err ?: write_file(dir, "objects/info/alternates", alternates);
	/* They count before those of any .gitattributes: no conversion of line ends, $Id$ or encoding, no filter. */
	err = err ?: write_file(dir, "info/attributes", "* -text !eol -ident -filter -working-tree-encoding !diff\n");
	err = err ?: link_names(common, dir);
	return err ?: copy_heads(git_dir, dir);
}
