// SPDX-License-Identifier: GPL-2.0-or-later
/* What hunks of makefiles change, as kbuild sees it. */
#include "ksplice-create/build-lists.h"

#include <string.h>

#include "ksplice-create/makefile-lines.h"
#include "ksplice-create/outside.h"
#include "ksplice-create/report.h"
#include "ksplice-create/survey.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/workspace.h"

/* The directories of touched makefiles, with blanks between them; NULL without. Owned by the caller. */
static char *touched_dirs(const struct create *c)
{
	struct str dirs = STR_INIT;

	for (size_t i = 0; i < c->patches.files.n; i++) {
		const char *file = c->patches.files.v[i], *why;

		if (file_kind(c, file, &why) == FILE_MAKEFILE)
			str_addf(&dirs, "%s%.*s", dirs.len ? " " : "", (int)(strrchr(file, '/') - file), file);
	}
	return dirs.s;
}

static struct error *survey_both(struct create *c, const char *dirs, struct survey *pre, struct survey *post)
{
	struct error *err = survey_exact(c, dirs, pre), *back;

	*post = (struct survey){};
	err = err ?: workspace_patched(c);
	if (err)
		return err;
	err = survey_exact(c, dirs, post);
	back = workspace_unpatched(c);
	if (err)
		error_free(back);
	return err ?: back;
}

/* "-DKBUILD_MODNAME='"foo"'" in a unit's flags, NULL for what is not of a module. Owned by the caller. */
static char *module_of(const struct survey *s, size_t unit)
{
	const char *flags = s->flag_sets.names.v[s->flags[unit]], *p = strstr(flags, "-DKBUILD_MODNAME=");

	if (!p || !strstr(flags, " -DMODULE"))
		return NULL;
	return xstrndup(p, strcspn(p, " "));
}

static bool has_module(const struct survey *s, const char *module)
{
	for (size_t i = 0; i < s->units.names.n; i++) {
		_cleanup_free_ char *other = module_of(s, i);

		if (other && !strcmp(other, module))
			return true;
	}
	return false;
}

static void add_new(struct create *c, const struct survey *pre, const struct survey *post, size_t i, struct strv *added)
{
	_cleanup_free_ char *module = module_of(post, i);

	if (module && !has_module(pre, module))
		report_note(c, "%s: belongs to a module that the running kernel has not; ignored: build and load it as such",
			    post->units.names.v[i]);
	else
		strv_add(added, post->units.names.v[i]);
}

/* kbuild is asked for units and flags; a hunk about anything else would have no effect, and nobody would know. */
static struct error *check_lines(struct create *c)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < c->patches.files.n; i++) {
		const char *file = c->patches.files.v[i], *why;
		_cleanup_free_ char *was = xasprintf("%s/%s", c->kernel.source, file), *is = xasprintf("%s/%s", c->ws.stage, file);
		_cleanup_free_ char *old = NULL, *new = NULL, *line = NULL;

		/* Of one that comes or goes, nothing else than units was or will be there. */
		if (file_kind(c, file, &why) != FILE_MAKEFILE || !path_exists(was) || !path_exists(is))
			continue;
		err = file_read(was, TEXT_MAX, &old, NULL);
		err = err ?: file_read(is, TEXT_MAX, &new, NULL);
		line = err ? NULL : makefile_unseen_line(old, new);
		if (line)
			err = error_new(ERROR_REFUSED, "%s: '%s' is neither a list of objects nor their flags; only objects that are added or taken "
					"out are supported", file, line);
	}
	return err;
}

static struct error *compare_programs(const struct survey *pre, const struct survey *post)
{
	const struct strmap *const sides[] = {&pre->programs, &post->programs};

	for (size_t i = 0; i < ARRAY_SIZE(sides); i++)
		for (size_t k = 0; k < sides[i]->names.n; k++)
			if (strmap_find(sides[!i], sides[i]->names.v[k]) == STRMAP_NONE)
				return error_new(ERROR_REFUSED, "%s.c: the diff's hunks of makefiles change what programs of the build are made from; only "
						 "objects that are added or taken out are supported", sides[i]->names.v[k]);
	return NULL;
}

struct error *build_lists_compare(struct create *c, struct strv *added, struct strv *removed)
{
	_cleanup_free_ char *dirs = touched_dirs(c);
	struct survey pre = {}, post = {};
	struct error *err = dirs ? check_lines(c) : NULL;

	if (!err && dirs)
		err = survey_both(c, dirs, &pre, &post);
	err = err ?: compare_programs(&pre, &post);

	for (size_t i = 0; !err && i < post.units.names.n; i++) {
		const char *unit = post.units.names.v[i];
		size_t was = strmap_find(&pre.units, unit);

		if (was == STRMAP_NONE)
			add_new(c, &pre, &post, i, added);
		else if (strcmp(pre.flag_sets.names.v[pre.flags[was]], post.flag_sets.names.v[post.flags[i]]))
			err = error_new(ERROR_REFUSED, "%s: the diff's hunks of makefiles change how it is compiled; only objects that are "
					"added or taken out are supported", unit);
	}
	for (size_t i = 0; !err && i < pre.units.names.n; i++)
		if (strmap_find(&post.units, pre.units.names.v[i]) == STRMAP_NONE)
			strv_add(removed, pre.units.names.v[i]);
	survey_free(&pre);
	survey_free(&post);
	return err;
}
