// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/extra-match.h"

#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

#include "ksplice-create/blobs.h"
#include "ksplice-create/outside.h"
#include "ksplice-create/precache.h"
#include "ksplice-create/report.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/units.h"

/* @unit: "fs/proc/cmdline.o"; the source differs from it in the last letter, and may be an assembler file. */
static bool fits(const char *pattern, const char *unit)
{
	_cleanup_free_ char *name = xstrdup(unit);
	bool ret = false;

	for (const char *last = "ocS"; *last && !ret; last++) {
		name[strlen(name) - 1] = *last;
		ret = !fnmatch(pattern, name, 0);
	}
	return ret;
}

static const char *fitting(const struct strv *patterns, const char *unit)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (fits(patterns->v[i], unit))
			return patterns->v[i];
	return NULL;
}

void extra_match_exclude(struct create *c, struct strv *units, struct str *left_out)
{
	struct strv kept = STRV_INIT;

	for (size_t i = 0; i < units->n; i++) {
		const char *pattern = fitting(&c->opt.exclude_match, units->v[i]);

		if (pattern) {
			str_addf(left_out, "\n%s: left out of the update by --exclude-match=%s", units->v[i], pattern);
			strv_add_new(&c->excluded, pattern);
		} else {
			strv_add(&kept, units->v[i]);
		}
	}
	strv_free(units);
	*units = kept;
}

bool extra_match_named(const struct create *c, const char *unit)
{
	for (size_t i = 0; i < c->opt.extra_match.n; i++)
		if (!strpbrk(c->opt.extra_match.v[i], "*?[\\") && fits(c->opt.extra_match.v[i], unit))
			return true;
	return false;
}

/* Whether something in directory @dir may fit: as far as a pattern has no wildcards, it must be the way there. */
static bool may_hold(const struct strv *patterns, const char *dir)
{
	size_t len = strlen(dir);

	for (size_t i = 0; i < patterns->n; i++) {
		size_t plain = strcspn(patterns->v[i], "*?[\\");

		if (!strncmp(patterns->v[i], dir, plain < len ? plain : len) && (plain <= len || patterns->v[i][len] == '/'))
			return true;
	}
	return false;
}

static bool is_source(const char *name)
{
	return (ends_with(name, ".c") && !ends_with(name, ".mod.c")) || ends_with(name, ".S");
}

/* @rel: directory in the tree, "" for the top. */
static struct error *look_for_units(const struct create *c, const char *rel, struct strv *units)
{
	_cleanup_free_ char *dir = xasprintf("%s/%s", c->kernel.source, rel);
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct error *err = tree_list(dir, &names);

	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *name = xasprintf("%s%s%s", rel, *rel ? "/" : "", names.v[i]);
		_cleanup_free_ char *path = xasprintf("%s/%s", c->kernel.source, name);
		struct stat st;

		if (lstat(path, &st))
			continue;
		if (S_ISDIR(st.st_mode) && names.v[i][0] != '.' && may_hold(&c->opt.extra_match, name)) {
			err = look_for_units(c, name, units);
		} else if (S_ISREG(st.st_mode) && is_source(name)) {
			bool blob = blobs_source(name);

			name[strlen(name) - 1] = 'o';
			/* Those of the real mode's code, of the vDSO ... are in no running kernel as units. */
			if (!blob && !outside_unit(name) && !blobs_has(name) && fitting(&c->opt.extra_match, name))
				strv_add(units, name);
		}
	}
	return err;
}

static bool is_reached(const struct create *c, const char *unit)
{
	for (size_t i = 0; i < c->nr_units; i++)
		if (!strcmp(c->units[i].name, unit))
			return true;
	return false;
}

static struct error *check_used(const struct create *c, const struct strv *built)
{
	for (size_t i = 0; i < c->opt.extra_match.n; i++) {
		bool used = false;

		for (size_t k = 0; k < built->n && !used; k++)
			used = fits(c->opt.extra_match.v[i], built->v[k]);
		if (!used)
			return error_new(ERROR_USAGE, "--extra-match=%s: no unit of this kernel is called so; a unit is called like "
					 "fs/proc/cmdline.o", c->opt.extra_match.v[i]);
	}
	return NULL;
}

static struct error *add_extra(struct create *c, const char *name)
{
	struct unit *u;

	c->extra = xrealloc(c->extra, (c->nr_extra + 1) * sizeof(*c->extra));
	u = &c->extra[c->nr_extra++];
	*u = (struct unit){
		.name = xstrdup(name),
		.source = xasprintf("%.*sc", (int)strlen(name) - 1, name),
		.pre = xasprintf("%s/%s", c->ws.pre, name),
		.post = xasprintf("%s/%s", c->ws.pre, name),
	};
	return unit_find_target(u);
}

void extra_match_note_unused(struct create *c)
{
	for (size_t i = 0; i < c->opt.exclude_match.n; i++)
		if (!strv_has(&c->excluded, c->opt.exclude_match.v[i]))
			report_note(c, "--exclude-match=%s: fits no unit that would be in the update", c->opt.exclude_match.v[i]);
}

struct error *extra_match_build(struct create *c)
{
	_cleanup_strv_ struct strv units = STRV_INIT, built = STRV_INIT;
	_cleanup_str_ struct str left_out = STR_INIT;
	struct error *err;

	if (!c->opt.extra_match.n)
		return NULL;
	err = look_for_units(c, "", &units);
	extra_match_exclude(c, &units, &left_out);
	err = err ?: precache_get(c, &units, &built);
	err = err ?: check_used(c, &built);
	strv_sort(&built);
	for (size_t i = 0; !err && i < built.n; i++)
		if (!is_reached(c, built.v[i]))
			err = add_extra(c, built.v[i]);
	return err;
}
