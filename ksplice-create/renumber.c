// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the units in which lines moved, and compiles the unpatched source of these with the new line numbers. */
#include "ksplice-create/renumber.h"

#include <string.h>

#include "common/subprocess.h"
#include "ksplice-create/depend.h"
#include "ksplice-create/kbuild.h"
#include "ksplice-create/kept-objects.h"
#include "ksplice-create/line-numbers.h"
#include "ksplice-create/report.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/workspace.h"

/* What diff(1) says; owned by the caller. -w: a line that was only indented is still the same. */
static struct error *compare_files(const char *old, const char *new, char **ret)
{
	const char *const argv[] = {"diff", "-a", "-w", old, new, NULL};
	const struct subprocess p = {.argv = argv, .split_stderr = true};
	struct subprocess_result r;
	struct error *err = subprocess_run(&p, &r);

	if (err)
		return err;
	if (r.status > 1)
		err = error_new(ERROR_OTHER, "diff %s %s: %s", old, new, r.err);
	else
		*ret = xstrdup(r.out);
	subprocess_result_free(&r);
	return err;
}

/* Writes the touched file @name with the new numbers into ws->numbered, and adds it to @moved, if lines moved in it. */
static struct error *renumber_file(struct create *c, const char *name, struct strv *moved)
{
	_cleanup_free_ char *old = xasprintf("%s/%s", c->kernel.source, name);
	_cleanup_free_ char *new = xasprintf("%s/%s", c->ws.stage, name);
	_cleanup_free_ char *numbered = xasprintf("%s/%s", c->ws.numbered, name);
	_cleanup_free_ char *text = NULL, *hunks = NULL, *result = NULL;
	struct error *err;

	/* New or removed: no line of it is in both. In assembler files, nothing depends on them. */
	if (ends_with(name, ".S") || !path_exists(old) || !path_exists(new))
		return NULL;
	err = file_read(old, TEXT_MAX, &text, NULL);
	err = err ?: compare_files(old, new, &hunks);
	err = err ?: line_numbers(text, hunks, &result);
	if (err || !result)
		return err;
	strv_add(moved, name);
	return tree_write(numbered, result, strlen(result));
}

static struct error *is_concerned(struct create *c, const struct unit *u, const struct strv *moved, bool *ret)
{
	_cleanup_free_ char *cmd = depend_cmd_path(u->pre);
	_cleanup_strv_ struct strv files = STRV_INIT;
	struct error *err = depend_files(cmd, &files);
	size_t root = strlen(c->kernel.source) + 1;

	/* Else there is nothing that post could be compared with. */
	*ret = c->kernel.carried_cflags && !ends_with(u->source, ".S");
	if (*ret || c->kernel.carried_cflags)
		return err;
	for (size_t i = 0; !err && i < files.n && !*ret; i++) {
		_cleanup_free_ char *path = depend_locate(c, files.v[i]);

		*ret = starts_with(path, c->kernel.source) && strlen(path) > root && strv_has(moved, path + root);
	}
	if (err || !*ret)
		return err;
	return om_lines_may_matter(u->pre, u->post, strcmp(u->target, "vmlinux"), &c->layout, ret);
}

static struct error *compile_numbered(struct create *c, const struct strv *units, const struct strv *moved, struct strv *built,
				      bool *warned)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < moved->n; i++) {
		_cleanup_free_ char *from = xasprintf("%s/%s", c->ws.numbered, moved->v[i]);
		_cleanup_free_ char *to = xasprintf("%s/%s", c->ws.view, moved->v[i]);

		err = tree_copy(from, to);
	}
	err = err ?: kbuild_carried(c, units, c->ws.renumbered, built, warned);
	return error_first(err, workspace_unpatched(c));
}

static struct error *compile(struct create *c, const struct strv *units, const struct strv *moved)
{
	const struct variant v = {.name = "renumbered", .dir = c->ws.numbered, .files = moved, .objects = c->ws.renumbered};
	_cleanup_strv_ struct strv missing = STRV_INIT, built = STRV_INIT;
	struct error *err = kept_objects_get(c, &v, units, &missing);
	bool warned;

	if (err || !missing.n)
		return err;
	err = compile_numbered(c, &missing, moved, &built, &warned);
	return err ?: kept_objects_save(c, &v, &built);
}

/* Where it is not as it should be, a line number may count as a change: not worth an error. */
static struct error *take(struct create *c, const struct strv *units, struct error *err)
{
	if (err && c->kernel.carried_cflags)
		return error_prefix(err, "the unpatched source does not compile with the line numbers of the patched one");
	if (err)
		report_note(c, "the unpatched source does not compile with the line numbers of the patched one, so moved line "
			    "numbers may be taken for changes: %s", err->text);
	error_free(err);
	for (size_t i = 0; i < c->nr_units && !err; i++)
		if (strv_has(units, c->units[i].name))
			c->units[i].renumbered = xasprintf("%s/%s", c->ws.renumbered, c->units[i].name);
	return NULL;
}

struct error *units_build_renumbered(struct create *c)
{
	_cleanup_strv_ struct strv moved = STRV_INIT, units = STRV_INIT;
	struct error *err = tree_empty(c->ws.numbered);

	err = err ?: tree_empty(c->ws.renumbered);
	for (size_t i = 0; !err && i < c->patches.files.n; i++)
		err = renumber_file(c, c->patches.files.v[i], &moved);
	for (size_t i = 0; !err && i < c->nr_units && (moved.n || c->kernel.carried_cflags); i++) {
		const struct unit *u = &c->units[i];
		bool concerned;

		if (u->added || (u->removed && !(u->became && c->kernel.carried_cflags)))
			continue;
		err = is_concerned(c, u, &moved, &concerned);
		if (!err && concerned)
			strv_add(&units, u->name);
	}
	if (!err && units.n)
		err = take(c, &units, compile(c, &units, &moved));
	return err;
}
