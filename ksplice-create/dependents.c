// SPDX-License-Identifier: GPL-2.0-or-later
/* From touched headers to the units that must be compiled again. */
#include "ksplice-create/dependents.h"

#include <string.h>

#include "ksplice-create/blobs.h"
#include "ksplice-create/changed-names.h"
#include "ksplice-create/depend.h"
#include "ksplice-create/digests.h"
#include "ksplice-create/includes.h"
#include "ksplice-create/new-macros.h"
#include "ksplice-create/outside.h"
#include "ksplice-create/precache.h"
#include "ksplice-create/prepared.h"
#include "ksplice-create/programs.h"
#include "ksplice-create/survey.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/workspace.h"

struct finder {
	struct create *c;
	struct survey survey;
	struct includes *includes;
	char *tree;			/* fingerprint of all that was read */
	struct strv touched;		/* files that may be included */
	struct suspect *list;
	size_t nr;
	struct strv made;		/* units whose source kbuild makes */
};

/* What a unit is made from when it is not made by kbuild; such units are not looked at by their text. */
static bool has_source(const struct finder *f, size_t unit)
{
	const char *source;

	return includes_source(f->includes, unit, &source);
}

/* fs/proc/fd.h is a header like any other of fs/proc/fd.o, whose source is fs/proc/fd.c. */
static bool is_own_unit(const char *unit, const char *file)
{
	size_t len = strlen(unit) - 1;

	return strlen(file) == len + 1 && !strncmp(unit, file, len) && (ends_with(file, ".c") || ends_with(file, ".S"));
}

/* Is it one of the running kernel's, with a text to look at? */
static bool is_looked_at(const struct finder *f, size_t unit)
{
	return has_source(f, unit) && !outside_unit(f->survey.units.names.v[unit]);
}

/* What a touched file declares differently; false: that cannot be told. */
static struct error *names_of(const struct finder *f, const char *file, const char *patched, struct strv *names, bool *known)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", f->c->kernel.source, file), *text = NULL;
	_cleanup_strv_ struct strv macros = STRV_INIT;
	struct error *err = NULL;

	*known = false;
	if (!patched || !ends_with(file, ".h") || !path_exists(path))
		return NULL;
	err = file_read(path, TEXT_MAX, &text, NULL);
	*known = !err && changed_names(text, patched, names, &macros);
	if (*known && macros.n)
		err = new_macros(f->includes, &macros, known);
	for (size_t i = 0; i < macros.n; i++)
		strv_add_new(names, macros.v[i]);
	return err;
}

/* What is known of a unit that might include touched files, while these are gone through. */
struct reach {
	struct str files;	/* "FILE HASH" each */
	bool unknown;		/* what one of them declares differently cannot be told */
	struct strv names;
};

static void reach_add(struct reach *r, const char *file, const char *hex, const struct strv *names, bool known)
{
	str_addf(&r->files, "%s %s\n", file, hex);
	r->unknown |= !known;
	for (size_t i = 0; i < names->n && known; i++)
		strv_add_new(&r->names, names->v[i]);
}

static struct error *reached_by(struct finder *f, const char *file, bool *reached, struct reach *units, bool *any)
{
	_cleanup_free_ char *staged = xasprintf("%s/%s", f->c->ws.stage, file), *patched = NULL;
	_cleanup_strv_ struct strv names = STRV_INIT;
	char hex[SHA256_HEX_SIZE] = "absent";
	struct error *err = NULL;
	bool known = false;
	size_t size;

	if (path_exists(staged))
		err = file_read(staged, TEXT_MAX, &patched, &size);
	if (!err && patched)
		err = sha256_hex(patched, size, hex);
	err = err ?: names_of(f, file, patched, &names, &known);
	includes_reached(f->includes, file, reached);
	*any = false;
	for (size_t k = 0; !err && k < f->survey.units.names.n; k++) {
		if (!reached[k] || !is_looked_at(f, k) || is_own_unit(f->survey.units.names.v[k], file))
			continue;
		reach_add(&units[k], file, hex, &names, known);
		*any = true;
	}
	return err;
}

static struct error *add_suspect(struct finder *f, size_t unit, struct reach *r)
{
	char hex[SHA256_HEX_SIZE];
	const char *source = NULL;
	struct error *err = sha256_hex(r->files.s, r->files.len, hex);

	if (err)
		return err;
	includes_source(f->includes, unit, &source);
	f->list = xrealloc(f->list, (f->nr + 1) * sizeof(*f->list));
	f->list[f->nr++] = (struct suspect){.unit = f->survey.units.names.v[unit], .assembler = ends_with(source, ".S"),
					    .touched = xstrdup(hex), .names_known = !r->unknown, .names = r->names};
	r->names = (struct strv)STRV_INIT;
	return NULL;
}

/* Fills f->list.  A file's own unit is none of its includers. */
static struct error *find_suspects(struct finder *f, struct strv *unused)
{
	size_t nr_units = f->survey.units.names.n;
	_cleanup_free_ bool *reached = xrealloc(NULL, (nr_units + 1) * sizeof(*reached));
	_cleanup_free_ struct reach *units = calloc(nr_units + 1, sizeof(*units));
	struct error *err = units ? NULL : error_new(ERROR_SYSTEM, "out of memory");

	for (size_t i = 0; !err && i < f->touched.n; i++) {
		bool any;

		err = reached_by(f, f->touched.v[i], reached, units, &any);
		if (!err && !any)
			strv_add(unused, f->touched.v[i]);
	}
	for (size_t k = 0; !err && k < nr_units; k++)
		if (units[k].files.len)
			err = add_suspect(f, k, &units[k]);
	for (size_t k = 0; units && k < nr_units; k++) {
		str_free(&units[k].files);
		strv_free(&units[k].names);
	}
	return err;
}

static void free_suspect(struct suspect *s)
{
	free(s->touched);
	strv_free(&s->names);
}

/* Units of touched .c and .S files are compiled anyway. */
static void drop_touched(struct finder *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->nr; i++) {
		const char *unit = f->list[i].unit;
		_cleanup_free_ char *source = xasprintf("%.*s%c", (int)strlen(unit) - 1, unit,
							f->list[i].assembler ? 'S' : 'c');

		if (strv_has(&f->c->patches.files, source))
			free_suspect(&f->list[i]);
		else
			f->list[kept++] = f->list[i];
	}
	f->nr = kept;
}

static void take_different(struct finder *f, struct strv *units)
{
	size_t before = units->n;

	for (size_t i = 0; i < f->nr; i++)
		if (f->list[i].differs)
			strv_add(units, f->list[i].unit);
	log_detail(&f->c->log, "%zu units might include what the diff touches, and %zu of them become other code", f->nr,
		   units->n - before);
}

/* Is the file @path of the tree named in one of kbuild's .cmd files in the output directory @dir? */
static struct error *is_named(const struct finder *f, const char *dir, const char *file, bool *ret)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", f->c->ws.build, dir);
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct error *err = path_is_dir(path) ? tree_list(path, &names) : NULL;

	*ret = false;
	for (size_t i = 0; !err && !*ret && i < names.n; i++) {
		_cleanup_free_ char *cmd = xasprintf("%s/%s", path, names.v[i]), *text = NULL;

		if (!ends_with(names.v[i], ".cmd"))
			continue;
		err = file_read(cmd, TEXT_MAX, &text, NULL);
		*ret = !err && depend_names(f->c, text, file);
	}
	return err;
}

/* Takes out what has been found to be a part of something. */
static void drop_used(struct strv *unused, const struct strv *used)
{
	struct strv kept = STRV_INIT;

	for (size_t i = 0; i < unused->n; i++)
		if (!strv_has(used, unused->v[i]))
			strv_add(&kept, unused->v[i]);
	strv_free(unused);
	*unused = kept;
}

/* Files that it is made from are added to @used. */
static struct error *check_made(struct finder *f, const char *unit, struct strv *units, struct strv *used)
{
	_cleanup_free_ char *object = xasprintf("%s/%s", f->c->ws.pre, unit), *cmd = depend_cmd_path(object), *text = NULL;
	_cleanup_free_ char *dir = xstrndup(unit, strrchr(unit, '/') ? strrchr(unit, '/') - unit : 0);
	struct error *err = file_read(cmd, TEXT_MAX, &text, NULL);

	for (size_t i = 0; !err && i < f->touched.n; i++) {
		bool named = depend_names(f->c, text, f->touched.v[i]);

		if (!named)
			err = is_named(f, dir, f->touched.v[i], &named);
		if (err || !named)
			continue;
		strv_add_new(units, unit);
		strv_add_new(used, f->touched.v[i]);
	}
	return err;
}

/*
 * Units whose source kbuild makes (from .asn1, by a program) or has elsewhere.  They are few and small: each is compiled once, and
 * then kbuild has written down what it was made from.
 */
static struct error *find_made(struct finder *f, struct strv *units, struct strv *used)
{
	_cleanup_strv_ struct strv all = STRV_INIT, built = STRV_INIT;
	struct error *err;

	for (size_t i = 0; i < f->survey.units.names.n; i++) {
		const char *unit = f->survey.units.names.v[i];

		if (!has_source(f, i) && !outside_unit(unit) && !blobs_has(unit) && !ends_with(unit, "/.o"))
			strv_add(&all, unit);
	}
	err = precache_get(f->c, &all, &built);
	for (size_t i = 0; !err && i < built.n; i++)
		err = check_made(f, built.v[i], units, used);
	return err;
}

static struct error *make_ways_up(struct finder *f)
{
	_cleanup_strv_ struct strv dirs = STRV_INIT;
	struct error *err = NULL;

	includes_ways_up(f->includes, &dirs);
	for (size_t i = 0; !err && i < dirs.n; i++)
		err = workspace_real_dir(f->c, dirs.v[i]);
	return err;
}

static struct error *find(struct finder *f, struct strv *units, struct strv *unused)
{
	_cleanup_strv_ struct strv used = STRV_INIT;
	struct error *err = prepared_check(f->c, &f->touched);

	err = err ?: survey_get(f->c, &f->survey);
	err = err ?: programs_check(f->c, &f->survey, &f->touched);
	err = err ?: includes_read(f->c, &f->survey, &f->includes, &f->tree);
	err = err ?: make_ways_up(f);
	err = err ?: find_suspects(f, unused);
	err = err ?: blobs_check(f->c, &f->survey, &f->touched, &used);
	if (err)
		return err;
	drop_touched(f);
	if (f->nr)
		err = digests_compare(f->c, f->list, f->nr, f->tree);
	if (err)
		return err;
	take_different(f, units);
	err = find_made(f, units, &used);
	drop_used(unused, &used);
	return err ?: programs_check_unused(f->c, unused);
}

struct error *dependents_find(struct create *c, struct strv *units, struct strv *unused)
{
	struct finder f = {.c = c};
	struct error *err = NULL;

	for (size_t i = 0; i < c->patches.files.n; i++) {
		const char *why;

		if (file_kind(c, c->patches.files.v[i], &why) == FILE_SOURCE)
			strv_add(&f.touched, c->patches.files.v[i]);
	}
	if (f.touched.n)
		err = find(&f, units, unused);
	for (size_t i = 0; i < f.nr; i++)
		free_suspect(&f.list[i]);
	free(f.list);
	free(f.tree);
	strv_free(&f.touched);
	includes_free(f.includes);
	survey_free(&f.survey);
	return err;
}
