// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the object files that the diff reaches, and compiles them without and with it. */
#include "ksplice-create/units.h"

#include <stdlib.h>
#include <string.h>

#include "common/subprocess.h"
#include "ksplice-create/blobs.h"
#include "ksplice-create/build-lists.h"
#include "ksplice-create/depend.h"
#include "ksplice-create/dependents.h"
#include "ksplice-create/extra-match.h"
#include "ksplice-create/kbuild.h"
#include "ksplice-create/kconfig.h"
#include "ksplice-create/kept-objects.h"
#include "ksplice-create/makefile.h"
#include "ksplice-create/outside.h"
#include "ksplice-create/precache.h"
#include "ksplice-create/report.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/workspace.h"

static void add_unit(struct create *c, const char *name, const char *source)
{
	c->units = xrealloc(c->units, (c->nr_units + 1) * sizeof(*c->units));
	c->units[c->nr_units++] = (struct unit){
		.name = xstrdup(name),
		.source = xstrdup(source),
		.pre = xasprintf("%s/%s", c->ws.pre, name),
		.post = xasprintf("%s/%s", c->ws.post, name),
	};
}

static void free_list(struct unit *units, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct unit *u = &units[i];

		free(u->name);
		free(u->source);
		free(u->target);
		free(u->pre);
		free(u->post);
		free(u->became);
	}
	free(units);
}

void units_free(struct create *c)
{
	free_list(c->units, c->nr_units);
	free_list(c->extra, c->nr_extra);
	c->units = c->extra = NULL;
	c->nr_units = c->nr_extra = 0;
}

/* Why @unit is not built: the options, or that nothing mentions it. */
static struct error *why_not_built(struct create *c, const char *unit, struct str *ret)
{
	_cleanup_strv_ struct strv options = STRV_INIT;
	struct kconfig config;
	struct error *err = kconfig_parse(c->kernel.config_text, c->kernel.config, &config);

	err = err ?: makefile_options_off(c->kernel.source, unit, &config, &options);
	kconfig_free(&config);
	if (err)
		return err;
	for (size_t i = 0; i < options.n; i++)
		str_addf(ret, "%s%s", i ? " and " : "", options.v[i]);
	if (options.n)
		str_addf(ret, " would build it, and %s not set in %s", options.n > 1 ? "are" : "is", c->kernel.config);
	else
		str_addf(ret, "no option is known that would build it");
	return NULL;
}

static char *unit_name(const char *file)
{
	return xasprintf("%.*s.o", (int)strlen(file) - 2, file);
}

/* The touched .c and .S files, as units whether built or not. */
static struct error *touched_units(struct create *c, struct strv *units, struct str *unbuilt)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < c->patches.files.n; i++) {
		const char *file = c->patches.files.v[i], *why;
		_cleanup_free_ char *unit = unit_name(file);

		switch (file_kind(c, file, &why)) {
		case FILE_SOURCE:
			if (!outside_unit(unit) && (ends_with(file, ".c") || ends_with(file, ".S")))
				strv_add(units, unit);
			break;
		case FILE_MAKEFILE:
			break;
		case FILE_KCONFIG: /* is no longer in the list */
		case FILE_OUTSIDE:
			str_addf(unbuilt, "\n%s: %s", file, why);
			break;
		case FILE_REFUSED:
			err = error_new(ERROR_REFUSED, "%s: %s", file, why);
			break;
		}
	}
	return err;
}

/* Might other units include the touched file? Of a unit's own source, only its surroundings can tell without a survey. */
static struct error *may_be_included(struct create *c, const char *file, const struct strv *built, bool *ret)
{
	_cleanup_free_ char *unit = unit_name(file), *path = xasprintf("%s/%s", c->kernel.source, file);
	const char *why;

	/* A C file that is new is included by files that the diff touches, if by any. */
	*ret = file_kind(c, file, &why) == FILE_SOURCE && (path_exists(path) || !ends_with(file, ".c"));
	if (!*ret || !ends_with(file, ".c") || !strv_has(built, unit) || blobs_name(c, file))
		return NULL;
	*ret = false;
	return makefile_includers(c->kernel.source, file, ret);
}

/* As kbuild_carried(), from the patched view. */
static struct error *compile_patched(struct create *c, const struct strv *units, struct strv *built, bool *warned)
{
	struct error *err = workspace_patched(c);

	err = err ?: kbuild_carried(c, units, c->ws.post, built, warned);
	err = err ? error_prefix(err, "the patched source does not compile") : NULL;
	return error_first(err, workspace_unpatched(c));
}

/* Sees that there are objects of those of @units that the patched view's configuration builds. */
static struct error *compile_post(struct create *c, const struct strv *units)
{
	const struct variant post = {.name = "post", .dir = c->ws.stage, .files = &c->patches.files, .objects = c->ws.post};
	_cleanup_strv_ struct strv absent = STRV_INIT, missing = STRV_INIT, built = STRV_INIT;
	struct error *err;
	bool warned;

	for (size_t i = 0; i < units->n; i++) {
		_cleanup_free_ char *object = xasprintf("%s/%s", c->ws.post, units->v[i]);

		if (!path_exists(object))
			strv_add(&absent, units->v[i]);
	}
	err = kept_objects_get(c, &post, &absent, &missing);
	if (err || !missing.n)
		return err;
	err = compile_patched(c, &missing, &built, &warned);
	/* Warnings are to be seen each time. */
	if (!err && !warned)
		err = kept_objects_save(c, &post, &built);
	return err;
}

/* Compiles, without the diff, what includes touched files; adds it to @built. */
static struct error *add_dependents(struct create *c, struct strv *built, const struct strv *removed, struct strv *unused,
				    bool *any)
{
	_cleanup_strv_ struct strv units = STRV_INIT, still = STRV_INIT;
	struct error *err = NULL;

	*any = false;
	for (size_t i = 0; !err && !*any && i < c->patches.files.n; i++)
		err = may_be_included(c, c->patches.files.v[i], built, any);
	if (err || !*any)
		return err;
	/* To look for the others may take minutes: mistakes in the diff first. */
	for (size_t i = 0; i < built->n; i++)
		if (!strv_has(removed, built->v[i]))
			strv_add(&still, built->v[i]);
	err = compile_post(c, &still);
	if (err || c->ahead)
		return err;
	err = dependents_find(c, &units, unused);
	return err ?: precache_get(c, &units, built);
}

static char *source_of(const struct create *c, const char *unit)
{
	const char *const roots[] = {c->kernel.source, c->ws.stage};
	int len = strlen(unit) - 2;

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%.*s.S", roots[i], len, unit);

		if (path_exists(path))
			return xasprintf("%.*s.S", len, unit);
	}
	return xasprintf("%.*s.c", len, unit);
}

/* A source that nothing of this kernel is made from: why, added to @unbuilt; or refused, as it may have a part in it. */
static struct error *explain_one(struct create *c, const char *file, bool unit, struct str *unbuilt)
{
	_cleanup_free_ char *name = unit_name(file);
	const char *why;

	switch (unused_kind(file, &why)) {
	case FILE_REFUSED:
		return error_new(ERROR_REFUSED, "%s: %s", file, why);
	case FILE_OUTSIDE:
		str_addf(unbuilt, "\n%s: %s", file, why);
		return NULL;
	default:
		str_addf(unbuilt, "\n%s: %s", file, unit ? "not built: " : "included by nothing that is built");
		return unit ? why_not_built(c, name, unbuilt) : NULL;
	}
}

/* Of all that have not been found to be one, or to be included by one. */
static struct error *explain_unbuilt(struct create *c, const struct strv *built, const struct strv *unused, bool searched,
				     struct str *unbuilt)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < c->patches.files.n; i++) {
		const char *file = c->patches.files.v[i], *why;
		_cleanup_free_ char *name = unit_name(file);
		bool unit = ends_with(file, ".c") || ends_with(file, ".S");

		if (file_kind(c, file, &why) != FILE_SOURCE || (unit && strv_has(built, name)) || (searched && !strv_has(unused, file)))
			continue;
		err = explain_one(c, file, unit, unbuilt);
	}
	return err;
}

static void note_unbuilt(struct create *c, char *unbuilt)
{
	char *save = NULL;

	for (char *line = strtok_r(unbuilt, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		report_note(c, "%s; ignored", line);
}

/* The value of -DKBUILD_MODNAME='"name"' in the command; owned by the caller, NULL if there is none. */
static char *modname(const char *cmd)
{
	static const char flag[] = "-DKBUILD_MODNAME='\"";
	const char *p = strstr(cmd, flag);

	return p ? xstrndup(p + strlen(flag), strcspn(p + strlen(flag), "\"")) : NULL;
}

struct error *unit_find_target(struct unit *u)
{
	_cleanup_free_ char *path = depend_cmd_path(u->added ? u->post : u->pre), *text = NULL;
	struct error *err = file_read(path, TEXT_MAX, &text, NULL);

	if (err)
		return err;
	text[strcspn(text, "\n")] = 0;
	free(u->target);
	u->target = strstr(text, " -DMODULE ") ? modname(text) : xstrdup("vmlinux");
	if (!u->target)
		return error_new(ERROR_BAD_FILE, "%s: no -DKBUILD_MODNAME: which module is it part of?", path);
	if (strchr(u->target, ':'))
		return error_new(ERROR_REFUSED, "%s: is a part of several modules (%s); not supported yet", u->source,
				 u->target);
	return NULL;
}

static char *empty_object(const struct create *c)
{
	return xasprintf("%s/empty.o", c->ws.dir);
}

/* Stands for what is not there before the diff, or after it. */
static struct error *make_empty_object(struct create *c)
{
	_cleanup_free_ char *path = empty_object(c);
	_cleanup_free_ char *command = xasprintf("%s -c -x c /dev/null -o %s", c->kernel.cc, path);
	const char *const argv[] = {"sh", "-c", command, NULL};
	const struct subprocess p = {.argv = argv};
	struct subprocess_result r;
	struct error *err = subprocess_run(&p, &r);

	if (err)
		return err;
	if (r.status)
		err = error_new(ERROR_OTHER, "%s: %s", command, r.out);
	subprocess_result_free(&r);
	return err;
}

/* Units that makefile hunks bring or take away. */
static struct error *find_listed(struct create *c, struct strv *added, struct strv *removed, struct strv *built)
{
	_cleanup_strv_ struct strv more = STRV_INIT;
	struct error *err = build_lists_compare(c, added, removed);

	if (err || (!added->n && !removed->n))
		return err;
	for (size_t i = 0; i < removed->n; i++)
		if (!strv_has(built, removed->v[i]))
			strv_add(&more, removed->v[i]);
	err = precache_get(c, &more, built);
	err = err ?: compile_post(c, added);
	return err ?: make_empty_object(c);
}

static struct error *no_units(const struct str *unbuilt)
{
	if (!unbuilt->len)
		return error_new(ERROR_NO_CHANGE, "the diff changes no object code");
	return error_new(ERROR_OTHER, "the diff touches no file that this kernel is built from:%s", unbuilt->s);
}

/* Of the units that come and go: what @file became, or was; NULL when git does not say. */
static char *renamed_unit(const struct create *c, const char *file, bool to, const struct strv *units)
{
	for (size_t i = 0; i + 1 < c->patches.renamed.n; i += 2) {
		_cleanup_free_ char *unit = unit_name(c->patches.renamed.v[i + to]);

		if (!strcmp(c->patches.renamed.v[i + !to], file) && strv_has(units, unit))
			return xstrdup(unit);
	}
	return NULL;
}

static void add_found(struct create *c, const struct strv *built, const struct strv *added, const struct strv *removed)
{
	for (size_t i = 0; i < built->n + added->n; i++) {
		bool is_added = i >= built->n;
		const char *name = is_added ? added->v[i - built->n] : built->v[i];
		_cleanup_free_ char *file = source_of(c, name);
		_cleanup_free_ char *other = is_added ? renamed_unit(c, file, false, removed)
				     : strv_has(removed, name) ? renamed_unit(c, file, true, added) : NULL;
		struct unit *u;

		/* One unit, by its old name. */
		if (is_added && other)
			continue;
		add_unit(c, name, file);
		u = &c->units[c->nr_units - 1];
		u->added = is_added;
		u->removed = !is_added && strv_has(removed, name);
		if (u->added || u->removed) {
			char **path = u->added ? &u->pre : &u->post;

			free(*path);
			*path = other ? xasprintf("%s/%s", c->ws.post, other) : empty_object(c);
			u->became = other ? xstrdup(other) : NULL;
		}
	}
}

static struct error *find_units(struct create *c, struct str *unbuilt)
{
	_cleanup_strv_ struct strv units = STRV_INIT, built = STRV_INIT, unused = STRV_INIT;
	_cleanup_strv_ struct strv added = STRV_INIT, removed = STRV_INIT, known = STRV_INIT;
	struct error *err = touched_units(c, &units, unbuilt);
	bool searched = false;

	err = err ?: precache_get(c, &units, &built);
	err = err ?: find_listed(c, &added, &removed, &built);
	err = err ?: add_dependents(c, &built, &removed, &unused, &searched);
	for (size_t i = 0; i < built.n; i++)
		strv_add(&known, built.v[i]);
	for (size_t i = 0; i < added.n; i++)
		strv_add(&known, added.v[i]);
	err = err ?: explain_unbuilt(c, &known, &unused, searched, unbuilt);
	extra_match_exclude(c, &built, unbuilt);
	if (err)
		return err;
	add_found(c, &built, &added, &removed);
	return c->nr_units ? NULL : no_units(unbuilt);
}

static struct error *build_pre(struct create *c, struct str *unbuilt)
{
	struct error *err = find_units(c, unbuilt);

	if (!err && unbuilt->len)
		note_unbuilt(c, unbuilt->s);
	for (size_t i = 0; !err && i < c->nr_units; i++)
		err = unit_find_target(&c->units[i]);
	return err;
}

struct error *units_build_pre(struct create *c)
{
	struct str unbuilt = STR_INIT;
	struct error *err = build_pre(c, &unbuilt);

	str_free(&unbuilt);
	if (c->ahead)
		return err;
	err = err ?: extra_match_build(c);
	if (!err)
		extra_match_note_unused(c);
	return err;
}

/*
 * A touched file that the unit also reaches by a way that does not lead through the view (a "../" behind a symlinked
 * directory) would be the unpatched one there.
 */
static struct error *check_dependencies(struct create *c, const struct unit *u)
{
	_cleanup_free_ char *cmd = depend_cmd_path(u->post), *file = NULL;
	struct error *err = depend_unpatched(c, cmd, &file);

	if (!err && file)
		err = error_new(ERROR_REFUSED, "%s: includes %s by a way that leads to the unpatched file", u->name, file);
	return err;
}

/* First line of a .cmd file: how it was compiled. */
static struct error *read_command(const char *object, char **ret)
{
	_cleanup_free_ char *path = depend_cmd_path(object);
	struct error *err = file_read(path, TEXT_MAX, ret, NULL);

	if (!err)
		(*ret)[strcspn(*ret, "\n")] = 0;
	return err;
}

static struct error *check_same_command(const struct create *c, const struct unit *u)
{
	_cleanup_free_ char *pre = NULL, *post = NULL, *command = NULL;
	struct error *err = read_command(u->pre, &pre);

	err = err ?: read_command(u->post, &command);
	if (!err)
		post = kbuild_without_carried(c, command);
	if (!err && strcmp(pre, post))
		err = error_new(ERROR_OTHER, "%s: was not compiled in the same way before and after the diff\nbefore: %s\n"
				"after: %s", u->name, pre, post);
	return err;
}

struct error *units_build_post(struct create *c)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct error *err;

	for (size_t i = 0; i < c->nr_units; i++)
		if (!c->units[i].removed)
			strv_add(&names, c->units[i].name);
	err = compile_post(c, &names);
	for (size_t i = 0; !err && i < c->nr_units; i++) {
		const struct unit *u = &c->units[i];

		if (!u->removed || u->became)
			err = check_dependencies(c, u);
		if (!err && !u->added && !u->removed)
			err = check_same_command(c, u);
	}
	return err;
}
