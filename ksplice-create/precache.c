// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects of the unpatched source, kept in the work directory with a fingerprint of all that they were made from. */
#include "ksplice-create/precache.h"

#include <string.h>

#include "ksplice-create/depend.h"
#include "ksplice-create/kbuild.h"
#include "ksplice-create/tree.h"

struct error *precache_fingerprint(struct create *c, const char *unit, const char *cmd, struct fingerprint *f)
{
	_cleanup_free_ char *prepared = NULL;
	struct error *err = fingerprint_add_cmd(f, c, cmd);

	err = err ?: kbuild_prepared(c, &prepared);
	if (err)
		return err;
	fingerprint_add_text(f, prepared);
	fingerprint_add_text(f, c->kernel.cc_version);
	for (const char *slash = strchr(unit, '/'); slash; slash = strchr(slash + 1, '/')) {
		_cleanup_free_ char *kbuild = xasprintf("%s/%.*s/Kbuild", c->kernel.source, (int)(slash - unit), unit);
		_cleanup_free_ char *makefile = xasprintf("%s/%.*s/Makefile", c->kernel.source, (int)(slash - unit), unit);

		fingerprint_add(f, kbuild);
		fingerprint_add(f, makefile);
	}
	return NULL;
}

static char *fingerprint_path(const struct unit *u)
{
	return xasprintf("%s.fingerprint", u->pre);
}

static struct error *is_current(struct create *c, const struct unit *u, bool *ret)
{
	_cleanup_free_ char *path = fingerprint_path(u), *cmd = depend_cmd_path(u->pre);
	struct fingerprint f = FINGERPRINT_INIT;
	struct error *err;

	*ret = false;
	if (!path_exists(path) || !path_exists(u->pre) || !path_exists(cmd))
		return NULL;
	err = precache_fingerprint(c, u->name, cmd, &f);
	return err ?: fingerprint_check(&f, path, ret);
}

/* Who has a current pre object from an earlier run, goes to @built, the others to @unknown. */
static struct error *look_for_pre(struct create *c, const struct strv *units, struct strv *built, struct strv *unknown)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < units->n; i++) {
		_cleanup_free_ char *pre = xasprintf("%s/%s", c->ws.pre, units->v[i]);
		const struct unit u = {.name = units->v[i], .pre = pre};
		bool current;

		err = is_current(c, &u, &current);
		if (!err)
			strv_add(current ? built : unknown, units->v[i]);
	}
	return err;
}

static struct error *save_fingerprints(struct create *c, const struct strv *units)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < units->n; i++) {
		_cleanup_free_ char *pre = xasprintf("%s/%s", c->ws.pre, units->v[i]);
		const struct unit u = {.name = units->v[i], .pre = pre};
		_cleanup_free_ char *path = fingerprint_path(&u), *cmd = depend_cmd_path(pre);
		struct fingerprint f = FINGERPRINT_INIT;

		err = precache_fingerprint(c, u.name, cmd, &f);
		err = err ?: fingerprint_save(&f, path);
	}
	return err;
}

/* Compiles @units as far as the configuration builds them. */
static struct error *compile_pre(struct create *c, const struct strv *units, struct strv *built)
{
	_cleanup_strv_ struct strv new = STRV_INIT;
	struct error *err;
	bool warned;

	if (!units->n)
		return NULL;
	err = kbuild_units(c, units, c->ws.pre, &new, &warned);
	if (err)
		return error_prefix(err, "the unpatched source does not compile");
	for (size_t i = 0; i < new.n; i++)
		strv_add(built, new.v[i]);
	return save_fingerprints(c, &new);
}

struct error *precache_get(struct create *c, const struct strv *units, struct strv *built)
{
	_cleanup_strv_ struct strv unknown = STRV_INIT;
	struct error *err = look_for_pre(c, units, built, &unknown);

	return err ?: compile_pre(c, &unknown, built);
}
