// SPDX-License-Identifier: GPL-2.0-or-later
/* What hunks of makefiles change, as kbuild sees it. */
#include "ksplice-create/build-lists.h"

#include <string.h>

#include "ksplice-create/depend.h"
#include "ksplice-create/makefile-lines.h"
#include "ksplice-create/outside.h"
#include "ksplice-create/report.h"
#include "ksplice-create/survey.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/workspace.h"

static void touched_makefiles(const struct create *c, struct strv *ret)
{
	for (size_t i = 0; i < c->patches.files.n; i++) {
		const char *why;

		if (file_kind(c, c->patches.files.v[i], &why) == FILE_MAKEFILE)
			strv_add(ret, c->patches.files.v[i]);
	}
}

static struct error *survey_both(struct create *c, const struct strv *makefiles, struct survey *pre, struct survey *post)
{
	struct survey whole = {};
	struct error *err = survey_get(c, &whole);

	*pre = *post = (struct survey){};
	err = err ?: survey_exact(c, &whole, makefiles, pre);
	err = err ?: workspace_patched(c);
	if (!err) {
		err = survey_exact(c, &whole, makefiles, post);
		err = error_first(err, workspace_unpatched(c));
	}
	survey_free(&whole);
	return err;
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

/* Does make read it when it goes through the directories?  *@around: by a "../" that leads out of the view, to the unpatched file. */
static bool is_read(const struct create *c, const struct survey *s, const char *file, bool *around)
{
	bool any = false;

	for (size_t i = 0; i < s->makefiles.names.n; i++) {
		/* kbuild-run.c has taken the view's path from what make said. */
		_cleanup_free_ char *path = xasprintf("%s/%s", c->ws.view, s->makefiles.names.v[i]);

		if (!depend_names(c, path, file))
			continue;
		any = true;
		*around |= strstr(path, "/../") != NULL;
	}
	return any;
}

/* Of those in arch/ and include/ some are read for other purposes: include/asm-generic/Kbuild, arch/x86/entry/syscalls/Makefile. */
static bool is_read_elsewhere(const char *file)
{
	return starts_with(file, "arch/") || starts_with(file, "include/");
}

/* kbuild is asked for units and flags; a hunk about anything else would have no effect, and nobody would know. */
static struct error *check_lines(struct create *c, const char *file)
{
	_cleanup_free_ char *was = xasprintf("%s/%s", c->kernel.source, file), *is = xasprintf("%s/%s", c->ws.stage, file);
	_cleanup_free_ char *old = NULL, *new = NULL, *line = NULL;
	struct error *err;

	/* Of one that comes or goes, nothing else than units was or will be there. */
	if (!path_exists(was) || !path_exists(is))
		return NULL;
	err = file_read(was, TEXT_MAX, &old, NULL);
	err = err ?: file_read(is, TEXT_MAX, &new, NULL);
	line = err ? NULL : makefile_unseen_line(old, new);
	if (line)
		err = error_new(ERROR_REFUSED, "%s: '%s' is neither a list of objects nor their flags; only objects that are added or taken out "
				"are supported", file, line);
	return err;
}

static struct error *check_makefile(struct create *c, const char *file, const struct survey *pre, const struct survey *post)
{
	bool around = false, was_read = is_read(c, pre, file, &around), is_now = is_read(c, post, file, &around);

	if (around)
		return error_new(ERROR_REFUSED, "%s: is included by the makefile of another directory, by a way with \"..\"; such are not "
				 "supported yet", file);
	if (was_read || is_now || is_read_elsewhere(file))
		return check_lines(c, file);
	report_note(c, "%s: a makefile that this configuration does not use; ignored", file);
	return NULL;
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
	_cleanup_strv_ struct strv makefiles = STRV_INIT;
	struct survey pre = {}, post = {};
	struct error *err = NULL;

	touched_makefiles(c, &makefiles);
	if (makefiles.n)
		err = survey_both(c, &makefiles, &pre, &post);
	for (size_t i = 0; !err && i < makefiles.n; i++)
		err = check_makefile(c, makefiles.v[i], &pre, &post);
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
