// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/kept-objects.h"

#include "ksplice-create/carried-as.h"
#include "ksplice-create/depend.h"
#include "ksplice-create/outside.h"
#include "ksplice-create/precache.h"
#include "ksplice-create/tree.h"

static char *kept_path(const struct create *c, const struct variant *v, const char *unit)
{
	return xasprintf("%s/%s/%s", c->ws.kept, v->name, unit);
}

/* Touched makefiles say how units are compiled; that is compared elsewhere, and not worth more here. */
static bool is_usable(const struct create *c, const struct variant *v)
{
	const char *why;

	for (size_t i = 0; i < v->files->n; i++)
		if (file_kind(c, v->files->v[i], &why) == FILE_MAKEFILE)
			return false;
	return true;
}

/* A replaced file, by its content; one that comes or goes counts for all units, as it may be found in place of another. */
static struct error *add_replaced(struct create *c, const struct variant *v, const char *file, const char *cmd, struct fingerprint *f)
{
	_cleanup_free_ char *was = xasprintf("%s/%s", c->kernel.source, file), *is = xasprintf("%s/%s", v->dir, file), *text = NULL;
	char hex[SHA256_HEX_SIZE] = "absent";
	struct error *err = NULL;
	size_t size;

	if (path_exists(was) && path_exists(is) && !depend_names(c, cmd, file))
		return NULL;
	if (path_exists(is)) {
		err = file_read(is, TEXT_MAX, &text, &size);
		err = err ?: sha256_hex(text, size, hex);
	}
	fingerprint_add_text(f, file);
	fingerprint_add_text(f, hex);
	return err;
}

/*
 * Is it a file of the tree, or made by kbuild_prepare(), of which prepared_check() knows that the diff does not change it?  Others
 * kbuild makes with the objects (arch/x86/kernel/cpu/capflags.c from a header), and from what, is not to be seen here.
 */
static bool is_known(const struct create *c, const char *file)
{
	_cleanup_free_ char *arch = xasprintf("arch/%s/include/", c->kernel.srcarch);

	file += starts_with(file, "./") ? 2 : 0;
	return *file == '/' || starts_with(file, "include/") || starts_with(file, arch);
}

/* All that the object was made from; *@whole: nothing is missing in it. */
static struct error *object_fingerprint(struct create *c, const struct variant *v, const char *unit, const char *cmd_path,
					struct fingerprint *f, bool *whole)
{
	_cleanup_free_ char *cmd = NULL;
	_cleanup_strv_ struct strv files = STRV_INIT;
	struct error *err = file_read(cmd_path, TEXT_MAX, &cmd, NULL);

	*whole = true;
	err = err ?: precache_fingerprint(c, unit, cmd_path, f);
	fingerprint_add_text(f, c->kernel.carried_cflags ?: "");
	if (c->kernel.carried_cflags)
		fingerprint_add_text(f, CARRIED_AS);
	for (size_t i = 0; !err && i < v->files->n; i++)
		err = add_replaced(c, v, v->files->v[i], cmd, f);
	err = err ?: depend_files(cmd_path, &files);
	for (size_t i = 0; !err && i < files.n; i++)
		*whole &= is_known(c, files.v[i]);
	return err;
}

/* Object and .cmd file. */
static struct error *link_object(const char *from, const char *to)
{
	_cleanup_free_ char *from_cmd = depend_cmd_path(from), *to_cmd = depend_cmd_path(to);
	struct error *err = tree_link(from_cmd, to_cmd);

	return err ?: tree_link(from, to);
}

static struct error *is_current(struct create *c, const struct variant *v, const char *unit, const char *kept, bool *ret)
{
	_cleanup_free_ char *saved = xasprintf("%s.fingerprint", kept), *cmd = depend_cmd_path(kept);
	struct fingerprint f = FINGERPRINT_INIT;
	struct error *err;
	bool whole = false;

	*ret = false;
	if (!path_exists(saved) || !path_exists(kept) || !path_exists(cmd))
		return NULL;
	err = object_fingerprint(c, v, unit, cmd, &f, &whole);
	err = err ?: fingerprint_check(&f, saved, ret);
	*ret &= whole;
	str_free(&f.text);
	return err;
}

struct error *kept_objects_get(struct create *c, const struct variant *v, const struct strv *units, struct strv *missing)
{
	bool usable = is_usable(c, v);
	struct error *err = NULL;

	for (size_t i = 0; !err && i < units->n; i++) {
		_cleanup_free_ char *kept = kept_path(c, v, units->v[i]), *to = xasprintf("%s/%s", v->objects, units->v[i]);
		bool current = false;

		if (usable)
			err = is_current(c, v, units->v[i], kept, &current);
		if (!err && current)
			err = link_object(kept, to);
		else
			strv_add(missing, units->v[i]);
	}
	if (!err && units->n > missing->n)
		log_detail(&c->log, "%zu of %zu objects are there from an earlier run", units->n - missing->n, units->n);
	return err;
}

static struct error *save_one(struct create *c, const struct variant *v, const char *unit)
{
	_cleanup_free_ char *object = xasprintf("%s/%s", v->objects, unit), *cmd = depend_cmd_path(object);
	_cleanup_free_ char *kept = kept_path(c, v, unit), *saved = xasprintf("%s.fingerprint", kept);
	struct fingerprint f = FINGERPRINT_INIT;
	struct error *err;
	bool whole;

	if (!path_exists(object))
		return NULL;
	/* First: what is without it, counts for nothing. */
	err = tree_unlink(saved);
	err = err ?: object_fingerprint(c, v, unit, cmd, &f, &whole);
	if (!err && whole) {
		err = link_object(object, kept);
		err = err ?: fingerprint_save(&f, saved);
	}
	str_free(&f.text);
	return err;
}

struct error *kept_objects_save(struct create *c, const struct variant *v, const struct strv *units)
{
	struct error *err = NULL;

	if (!is_usable(c, v))
		return NULL;
	for (size_t i = 0; !err && i < units->n; i++)
		err = save_one(c, v, units->v[i]);
	return err;
}
