// SPDX-License-Identifier: GPL-2.0-or-later
/* Takes source and diff out of a git repository. */
#include "ksplice-create/git.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/sha256.h"
#include "common/subprocess.h"
#include "ksplice-create/dir-lock.h"
#include "ksplice-create/git-mirror.h"
#include "ksplice-create/private-dir.h"
#include "ksplice-create/report.h"
#include "ksplice-create/tree.h"

/*
 * Runs git with @words, which end with NULL, on the mirror.  What it prints goes to *@out without the last newline, owned by
 * the caller.  @index: NULL: none; that of the user says where diff-tree may read files instead of commits.
 */
static struct error *run_git(const struct git *g, const char *const *words, const char *index, char **out)
{
	_cleanup_free_ char *index_file = xasprintf("GIT_INDEX_FILE=%s", index ?: "/nonexistent/index");
	const char *const env[] = {
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1", index_file, NULL,
	};
	/* Where git looks for attributes without one. */
	static const char *const settings[] = {"core.attributesFile=/dev/null", "core.hooksPath=/dev/null"};
	_cleanup_strv_ struct strv argv = STRV_INIT;
	struct subprocess p = {.dir = g->dir, .env = env, .split_stderr = true};
	struct subprocess_result r;
	struct error *err;

	strv_add(&argv, "git");
	strv_addf(&argv, "--git-dir=%s", g->mirror);
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		strv_add(&argv, "-c");
		strv_add(&argv, settings[i]);
	}
	for (; *words; words++)
		strv_add(&argv, *words);
	p.argv = (const char *const *)argv.v;
	err = subprocess_run(&p, &r);
	if (err)
		return error_prefix(err, "--git needs git");
	if (r.status)
		err = error_new(ERROR_OTHER, "%.*s", (int)strcspn(r.err, "\n"), r.err);
	else
		*out = xstrndup(r.out, r.out_size && r.out[r.out_size - 1] == '\n' ? r.out_size - 1 : r.out_size);
	subprocess_result_free(&r);
	return err;
}

static struct error *ask_git(const struct git *g, const char *const *words, char **out)
{
	return run_git(g, words, NULL, out);
}

/* The object name of the commit that @rev names. */
static struct error *find_commit(const struct git *g, const char *rev, char **ret)
{
	_cleanup_free_ char *peeled = xasprintf("%s^{commit}", rev);
	const char *const words[] = {"rev-parse", "--verify", "--quiet", peeled, NULL};
	struct error *err;

	if (!*rev || *rev == '-')
		return error_new(ERROR_USAGE, "--git: '%s' names no commit", rev);
	err = ask_git(g, words, ret);
	if (!err)
		return NULL;
	error_free(err);
	return error_new(ERROR_REFUSED, "--git: %s has no commit '%s'; fetch it, or look for it with 'git log --all'", g->top, rev);
}

static struct error *find_parent(struct git *g, const char *rev)
{
	const char *const words[] = {"rev-list", "--parents", "--max-count=1", g->to, NULL};
	_cleanup_free_ char *line = NULL;
	struct error *err = ask_git(g, words, &line);
	const char *first, *second;

	if (err)
		return err;
	first = strchr(line, ' ');
	second = first ? strchr(first + 1, ' ') : NULL;
	if (!first)
		return error_new(ERROR_REFUSED, "--git=%s: has no parent here (is the repository a shallow clone?): give both "
				 "sides, --git=REV..REV", rev);
	if (second)
		return error_new(ERROR_REFUSED, "--git=%s: is a merge; say against which of its parents it is meant: "
				 "--git=%s^1..%s or --git=%s^2..%s", rev, rev, rev, rev, rev);
	g->from = xstrdup(first + 1);
	return NULL;
}

/* What a range leaves to be known: the kernel is that of the first commit, so the diff is right, but perhaps not what was meant. */
static struct error *note_if_unrelated(struct create *c)
{
	const char *const words[] = {"merge-base", "--all", c->git.from, c->git.to, NULL};
	_cleanup_free_ char *base = NULL;
	struct error *err = ask_git(&c->git, words, &base);

	/* Status 1: they have none. */
	error_free(err);
	if (!base || strcmp(base, c->git.from))
		report_note(c, "--git=%s: the second does not descend from the first; the diff also takes back what only the "
			    "first has", c->opt.git);
	return NULL;
}

static struct error *find_range(struct create *c)
{
	const char *dots = strstr(c->opt.git, ".."), *rev = c->opt.git;
	struct git *g = &c->git;
	struct error *err;

	if (dots && (dots == rev || dots[2] == '.' || !dots[2]))
		return error_new(ERROR_USAGE, "--git=%s: a range has the form REV..REV", rev);
	if (dots) {
		_cleanup_free_ char *first = xstrndup(rev, dots - rev);

		err = find_commit(g, first, &g->from);
		err = err ?: find_commit(g, dots + 2, &g->to);
		return err ?: note_if_unrelated(c);
	}
	err = find_commit(g, rev, &g->to);
	return err ?: find_parent(g, rev);
}

/* Beside the work directories that workspace.c makes, or in the one that was given. */
static struct error *find_dir(struct create *c)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	_cleanup_free_ char *path = NULL;
	char name[SHA256_HEX_SIZE];
	struct git *g = &c->git;
	struct error *err = sha256_hex(g->git_dir, strlen(g->git_dir), name);

	if (err)
		return err;
	if (c->opt.workdir)
		path = xasprintf("%s/git", c->opt.workdir);
	else if (cache && *cache == '/')
		path = xasprintf("%s/ksplice/create/git-%.16s", cache, name);
	else if (home && *home == '/')
		path = xasprintf("%s/.cache/ksplice/create/git-%.16s", home, name);
	else
		return error_new(ERROR_USAGE, "neither HOME nor XDG_CACHE_HOME is set: give --workdir=DIR");
	err = private_dir(path, &g->dir);
	if (!err && starts_with(g->dir, g->top) && strchr("/", g->dir[strlen(g->top)]))
		err = error_new(ERROR_USAGE, "%s: lies in the kernel source, which is never written to", g->dir);
	if (err)
		return err;
	g->tree = xasprintf("%s/tree", g->dir);
	g->diff = xasprintf("%s/diff", g->dir);
	g->mirror = xasprintf("%s/mirror", g->dir);
	return dir_lock(g->dir, &g->lock);
}

static struct error *find_repository(struct create *c)
{
	struct git *g = &c->git;
	struct error *err;

	g->top = realpath(c->opt.source, NULL);
	if (!g->top)
		return error_errno(errno, "%s", c->opt.source);
	err = git_find_dir(g->top, &g->git_dir);
	err = err ?: find_dir(c);
	return err ?: git_mirror(g->git_dir, g->mirror);
}

/* What an interrupted run left is neither of the old commit nor of the new one. */
static struct error *drop_incomplete(const struct git *g, const char *index, const char *exported)
{
	_cleanup_free_ char *lock = xasprintf("%s.lock", index);
	struct error *err = tree_unlink(lock);

	if (err || path_exists(exported))
		return err;
	err = tree_unlink(index);
	return err ?: tree_empty(g->tree);
}

static struct error *read_tree(const struct git *g, const char *index)
{
	_cleanup_free_ char *tree = xasprintf("--work-tree=%s", g->tree), *out = NULL;
	const char *const words[] = {tree, "read-tree", "--reset", "-u", g->from, NULL};
	struct error *err = run_git(g, words, index, &out);

	return err ? error_prefix(err, "cannot take %s out of %s", g->from, g->top) : NULL;
}

static struct error *export_tree(struct create *c)
{
	struct git *g = &c->git;
	_cleanup_free_ char *index = xasprintf("%s/index", g->dir), *exported = xasprintf("%s/exported", g->dir);
	struct error *err = drop_incomplete(g, index, exported);

	err = err ?: tree_unlink(exported);
	err = err ?: read_tree(g, index);
	return err ?: tree_write(exported, g->from, strlen(g->from));
}

static struct error *write_diff(struct create *c)
{
	struct git *g = &c->git;
	_cleanup_free_ char *output = xasprintf("--output=%s", g->diff), *out = NULL, *text = NULL;
	const char *const words[] = {
		"diff-tree", "-r", "-p", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--unified=3",
		"--src-prefix=a/", "--dst-prefix=b/", output, g->from, g->to, NULL,
	};
	struct error *err = tree_unlink(g->diff);
	size_t size = 0;

	err = err ?: ask_git(g, words, &out);
	err = err ?: file_read(g->diff, TEXT_MAX, &text, &size);
	if (!err && !size)
		err = error_new(ERROR_NO_CHANGE, "--git=%s: nothing differs", c->opt.git);
	return err;
}

/* "mm: fix it (0123456789ab)", or both ends of the range. */
static struct error *describe(struct create *c)
{
	struct git *g = &c->git;
	const char *const words[] = {"log", "--max-count=1", "--no-show-signature", "--format=%s", g->to, NULL};
	_cleanup_free_ char *subject = NULL;
	struct error *err;

	if (strstr(c->opt.git, "..")) {
		g->subject = xasprintf("%s (%.12s..%.12s)", c->opt.git, g->from, g->to);
	} else {
		err = ask_git(g, words, &subject);
		if (err)
			return err;
		g->subject = xasprintf("%s (%.12s)", subject, g->to);
	}
	if (!c->opt.description)
		c->opt.description = g->subject;
	return NULL;
}

struct error *git_open(struct create *c)
{
	struct error *err = find_repository(c);

	err = err ?: find_range(c);
	err = err ?: write_diff(c);
	err = err ?: export_tree(c);
	err = err ?: describe(c);
	if (err)
		return err;
	strv_add(&c->opt.patches, c->git.diff);
	c->opt.source = c->git.tree;
	return NULL;
}

void git_close(struct git *g)
{
	if (g->lock > 0)
		close(g->lock);
	free(g->top);
	free(g->git_dir);
	free(g->dir);
	free(g->tree);
	free(g->diff);
	free(g->mirror);
	free(g->from);
	free(g->to);
	free(g->subject);
	*g = (struct git){};
}
