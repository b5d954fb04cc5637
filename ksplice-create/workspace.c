// SPDX-License-Identifier: GPL-2.0-or-later
/* The work directory, and in it the view of the source: symbolic links, with copies of what the diff touches. */
#include "ksplice-create/workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/sha256.h"
#include "ksplice-create/dir-lock.h"
#include "ksplice-create/private-dir.h"
#include "ksplice-create/tree.h"

#define LAYOUT_VERSION 5	/* of the work directory and of how units are compiled; another one empties it */

static struct error *make_key(const struct kernel *k, char key[SHA256_HEX_SIZE])
{
	_cleanup_str_ struct str text = STR_INIT;

	str_addf(&text, "%d\n%s\n%s\n%s\n%s\n%s", LAYOUT_VERSION, k->source, k->release, k->cc, k->cc_version,
		 k->config_text);
	if (k->distributor)
		str_addf(&text, "\n%s %s", k->distributor, k->distribution_version);
	return sha256_hex(text.s, text.len, key);
}

static struct error *default_dir(const char *key, char **ret)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	/* The XDG base directory specification wants relative ones ignored. */
	if (cache && *cache == '/')
		*ret = xasprintf("%s/ksplice/create/%.16s", cache, key);
	else if (home && *home == '/')
		*ret = xasprintf("%s/.cache/ksplice/create/%.16s", home, key);
	else
		return error_new(ERROR_USAGE, "neither HOME nor XDG_CACHE_HOME is set: give --workdir=DIR");
	return NULL;
}

static void set_paths(struct workspace *ws)
{
	ws->view = xasprintf("%s/src", ws->dir);
	ws->build = xasprintf("%s/build", ws->dir);
	ws->pre = xasprintf("%s/pre", ws->dir);
	ws->post = xasprintf("%s/post", ws->dir);
	ws->stage = xasprintf("%s/stage", ws->dir);
	ws->include = xasprintf("%s/include", ws->dir);
	ws->numbered = xasprintf("%s/numbered", ws->dir);
	ws->renumbered = xasprintf("%s/renumbered", ws->dir);
	ws->assembler = xasprintf("%s/assembler", ws->dir);
	ws->kept = xasprintf("%s/kept", ws->dir);
	ws->kmod = xasprintf("%s/kmod", ws->dir);
	ws->update = xasprintf("%s/update", ws->dir);
}

/* Somebody else's files must not be taken for ours, because we remove what is not current. */
static struct error *check_owned(const struct workspace *ws)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct error *err = tree_list(ws->dir, &names);
	/* Those come before the key; git.c makes the second. */
	size_t known = strv_has(&names, "lock") + strv_has(&names, "git");

	if (err || names.n == known || strv_has(&names, "key"))
		return err;
	return error_new(ERROR_USAGE, "%s: has files, but is no work directory of ksplice-create; give --workdir a new or "
			 "empty directory", ws->dir);
}

/* A work directory of another key (--workdir was given before with another kernel) starts anew. */
static struct error *check_key(struct workspace *ws, const char *key)
{
	_cleanup_free_ char *path = xasprintf("%s/key", ws->dir), *old = NULL;
	char *const parts[] = {ws->view,  ws->build,	ws->pre,	ws->post, ws->stage,
			       ws->include, ws->numbered, ws->renumbered, ws->assembler, ws->kept, ws->kmod, ws->update};
	struct error *err = NULL;

	if (path_exists(path))
		err = file_read(path, 4096, &old, NULL);
	if (err || (old && !strcmp(old, key)))
		return err;
	for (size_t i = 0; !err && i < ARRAY_SIZE(parts); i++)
		err = tree_remove(parts[i]);
	return err ?: tree_write(path, key, strlen(key));
}

static struct error *check_dir_path(const char *dir)
{
	if (!dir[strcspn(dir, " \t\n:%$#'\"\\*?[];&|<>()`")])
		return NULL;
	return error_new(ERROR_USAGE, "%s: the kernel's build cannot cope with such a path; give --workdir=DIR with plain "
			 "letters, digits and -_./+~@", dir);
}

struct error *workspace_open(struct create *c)
{
	struct workspace *ws = &c->ws;
	_cleanup_free_ char *dir = NULL;
	char key[SHA256_HEX_SIZE];
	struct error *err = make_key(&c->kernel, key);

	if (!err && c->opt.workdir)
		dir = xstrdup(c->opt.workdir);
	else if (!err)
		err = default_dir(key, &dir);
	err = err ?: private_dir(dir, &ws->dir);
	if (err)
		return err;
	if (starts_with(ws->dir, c->kernel.source) && strchr("/", ws->dir[strlen(c->kernel.source)]))
		return error_new(ERROR_USAGE, "%s: lies in the kernel source, which is never written to", ws->dir);
	set_paths(ws);
	err = check_dir_path(ws->dir);
	err = err ?: check_owned(ws);
	/* Whatever the umask and compilers let others do below, they cannot get there. */
	if (!err && chmod(ws->dir, 0700))
		err = error_errno(errno, "%s", ws->dir);
	err = err ?: dir_lock(ws->dir, &ws->lock);
	return err ?: check_key(ws, key);
}

void workspace_close(struct workspace *ws)
{
	if (ws->dir && ws->lock > 0)
		close(ws->lock);
	free(ws->dir);
	free(ws->view);
	free(ws->build);
	free(ws->pre);
	free(ws->post);
	free(ws->stage);
	free(ws->include);
	free(ws->numbered);
	free(ws->renumbered);
	free(ws->assembler);
	free(ws->kept);
	free(ws->kmod);
	free(ws->update);
	*ws = (struct workspace){};
}

/* Left out of the view: kbuild refuses an O= build of a tree with a .config, and has no business with git. */
static bool left_out(const char *rel)
{
	return !strcmp(rel, ".git") || starts_with(rel, ".config");
}

static bool is_above_touched(const struct patchset *p, const char *dir)
{
	size_t len = strlen(dir);

	for (size_t i = 0; i < p->files.n; i++)
		if (starts_with(p->files.v[i], dir) && p->files.v[i][len] == '/')
			return true;
	return false;
}

/* @rel: directory in the tree, "" for the top. */
static struct error *view_dir(struct create *c, const char *rel)
{
	_cleanup_free_ char *source = xasprintf("%s/%s", c->kernel.source, rel);
	_cleanup_free_ char *view = xasprintf("%s/%s", c->ws.view, rel);
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct error *err = file_mkdirs(view, 0777);

	err = err ?: tree_list(source, &names);
	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *name = xasprintf("%s%s%s", rel, *rel ? "/" : "", names.v[i]);
		_cleanup_free_ char *from = xasprintf("%s/%s", c->kernel.source, name);
		_cleanup_free_ char *to = xasprintf("%s/%s", c->ws.view, name);

		if (left_out(name))
			continue;
		if (strv_has(&c->patches.files, name))
			err = tree_copy(from, to);
		else if (is_above_touched(&c->patches, name))
			err = view_dir(c, name);
		else
			err = tree_symlink(from, to);
	}
	return err;
}

static struct error *forget_patched(struct create *c);

struct error *workspace_view(struct create *c)
{
	struct error *err = tree_empty(c->ws.view);

	/* Of a run that was killed. */
	err = err ?: forget_patched(c);
	return err ?: view_dir(c, "");
}

struct error *workspace_real_dir(struct create *c, const char *dir)
{
	struct error *err = NULL;

	for (const char *p = dir; !err && *p; p += *p == '/') {
		_cleanup_free_ char *rel = NULL, *view = NULL;
		struct stat st;

		p += strcspn(p, "/");
		rel = xstrndup(dir, p - dir);
		view = xasprintf("%s/%s", c->ws.view, rel);
		if (lstat(view, &st) || !S_ISLNK(st.st_mode))
			continue;
		err = tree_unlink(view);
		err = err ?: view_dir(c, rel);
	}
	return err;
}

/* With the time of now: what kbuild generated from the files as they were is out of date. */
static struct error *copy_touched(struct create *c, const char *from_dir)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < c->patches.files.n; i++) {
		_cleanup_free_ char *from = xasprintf("%s/%s", from_dir, c->patches.files.v[i]);
		_cleanup_free_ char *to = xasprintf("%s/%s", c->ws.view, c->patches.files.v[i]);

		/* Added, or removed. */
		if (!path_exists(from)) {
			err = tree_unlink(to);
			continue;
		}
		err = tree_copy(from, to);
		if (!err && utimensat(AT_FDCWD, to, NULL, 0))
			err = error_errno(errno, "%s", to);
	}
	return err;
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* Removes files below @dir that are not older than @since. */
static struct error *forget_newer(const char *dir, const struct timespec *since)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct error *err = tree_list(dir, &names);

	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", dir, names.v[i]);
		struct stat st;

		if (lstat(path, &st))
			err = error_errno(errno, "%s", path);
		else if (S_ISDIR(st.st_mode))
			err = forget_newer(path, since);
		else if (S_ISREG(st.st_mode) && !is_before(&st.st_mtim, since))
			err = tree_unlink(path);
	}
	return err;
}

/* There while kbuild's output directory may have what was generated from patched files. */
static char *stamp_path(const struct create *c)
{
	return xasprintf("%s/ksplice-patched", c->ws.build);
}

/*
 * arch/x86/kernel/cpu/capflags.c is made from a header, when capflags.o is; the unpatched file, older, would not make kbuild
 * make it again.
 */
static struct error *forget_patched(struct create *c)
{
	_cleanup_free_ char *stamp = stamp_path(c);
	struct stat st;

	if (stat(stamp, &st))
		return NULL;
	return forget_newer(c->ws.build, &st.st_mtim);
}

struct error *workspace_patched(struct create *c)
{
	_cleanup_free_ char *stamp = stamp_path(c);
	struct error *err = tree_write(stamp, "", 0);

	return err ?: copy_touched(c, c->ws.stage);
}

struct error *workspace_unpatched(struct create *c)
{
	struct error *err = copy_touched(c, c->kernel.source);

	return err ?: forget_patched(c);
}
