// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes the parts that are linked by themselves without and with the diff, and compares them. */
#include "ksplice-create/blobs.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/depend.h"
#include "ksplice-create/kbuild.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/workspace.h"

/* @dirs: where its sources are; from there, "../" leads to others. */
static const struct blob {
	const char *unit;	/* for fnmatch(3) */
	const char *dirs[3];
	const char *what;
} blobs[] = {
	{"arch/*/entry/vdso/vdso-image-*.o", {"arch/%s/entry/vdso", "arch/%s/entry/vdso/vdso32"},
	 "the vDSO, which runs in processes"},
	{"arch/*/realmode/rmpiggy.o", {"arch/%s/realmode/rm"}, "the code in real mode that starts processors"},
	{"arch/*/purgatory/kexec-purgatory.o", {"arch/%s/purgatory", "arch/%s/boot/compressed"},
	 "the code that runs between two kernels (kexec)"},
	{"arch/*/kernel/vmlinux.lds", {"arch/%s/kernel"}, "the linker script, and a running kernel cannot be linked anew"},
};

static const struct blob *blob_of(const char *unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(blobs); i++)
		if (!fnmatch(blobs[i].unit, unit, 0))
			return &blobs[i];
	return NULL;
}

bool blobs_has(const char *unit)
{
	return blob_of(unit);
}

bool blobs_source(const char *file)
{
	static const char *const patterns[] = {
		"arch/*/purgatory/*", "arch/*/realmode/rm/*", "arch/*/entry/vdso/v[cg]*.c", "arch/*/entry/vdso/vdso2c.*", "arch/*/entry/vdso/vsgx.S",
		"arch/*/entry/vdso/vdso-note.S", "arch/*/entry/vdso/vdso32/*", "lib/vdso/*",
	};

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if (!fnmatch(patterns[i], file, 0))
			return true;
	return false;
}

/* Of this machine; NULL behind the last. Owned by the caller. */
static char *dir_of(const struct create *c, const struct blob *b, size_t i)
{
	const char *format = i < ARRAY_SIZE(b->dirs) ? b->dirs[i] : NULL, *at = format ? strstr(format, "%s") : NULL;

	return at ? xasprintf("%.*s%s%s", (int)(at - format), format, c->kernel.srcarch, at + 2) : NULL;
}

bool blobs_name(const struct create *c, const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(blobs); i++) {
		_cleanup_free_ char *dir = dir_of(c, &blobs[i], 0), *path = xasprintf("%s/%s/Makefile", c->kernel.source, dir);
		_cleanup_free_ char *text = NULL;

		if (!path_exists(path))
			continue;
		error_free(file_read(path, TEXT_MAX, &text, NULL));
		/* What cannot be read may name it. */
		if (!text || strstr(text, file))
			return true;
	}
	return false;
}

struct checker {
	struct create *c;
	const struct strv *touched;
	struct strv units;	/* of this kernel */
	struct strv *named;	/* by number of the unit: touched files that are in it */
	char *pre, *post;	/* directories */
};

static void find_units(struct checker *k, const struct survey *s)
{
	for (size_t i = 0; i < s->units.names.n; i++)
		if (blobs_has(s->units.names.v[i]))
			strv_add(&k->units, s->units.names.v[i]);
	strv_addf(&k->units, "arch/%s/kernel/vmlinux.lds", k->c->kernel.srcarch);
}

/* So that what the patched view includes by "../" is the patched file. */
static struct error *make_real(struct checker *k)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < ARRAY_SIZE(blobs); i++) {
		for (size_t n = 0; !err; n++) {
			_cleanup_free_ char *dir = dir_of(k->c, &blobs[i], n), *path = NULL;

			if (!dir)
				break;
			path = xasprintf("%s/%s", k->c->kernel.source, dir);
			if (path_is_dir(path))
				err = workspace_real_dir(k->c, dir);
		}
	}
	return err;
}

static struct error *make(struct checker *k, const char *dest)
{
	_cleanup_strv_ struct strv built = STRV_INIT;
	struct error *err = tree_empty(dest);

	return err ?: kbuild_plain(k->c, &k->units, dest, &built);
}

/* Calls @func with each directory of kbuild's output in which a blob is made. */
static struct error *for_each_dir(struct checker *k, struct error *(*func)(struct checker *k, const char *path, void *ctx), void *ctx)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < k->units.n; i++) {
		for (size_t n = 0; !err && ends_with(k->units.v[i], ".o"); n++) {
			_cleanup_free_ char *dir = dir_of(k->c, blob_of(k->units.v[i]), n), *path = NULL;

			if (!dir)
				break;
			path = xasprintf("%s/%s", k->c->ws.build, dir);
			if (path_is_dir(path))
				err = func(k, path, ctx);
		}
	}
	return err;
}

/* A way "../" that leads behind a link out of the view would make a blob of the unpatched file, the same as before. */
static struct error *check_ways(struct checker *k, const char *path, void *ctx)
{
	_cleanup_strv_ struct strv files = STRV_INIT;
	struct error *err = tree_files(path, &files);

	for (size_t i = 0; !err && i < files.n; i++) {
		_cleanup_free_ char *cmd = xasprintf("%s/%s", path, files.v[i]), *file = NULL;

		if (!ends_with(cmd, ".o.cmd"))
			continue;
		err = depend_unpatched(k->c, cmd, &file);
		if (!err && file)
			err = error_new(ERROR_REFUSED, "%s/%s includes %s by a way that leads to the unpatched file", path, files.v[i], file);
	}
	return err;
}

static struct error *make_post(struct checker *k)
{
	struct error *err = workspace_patched(k->c);

	err = err ?: make(k, k->post);
	err = err ? error_prefix(err, "the patched source does not compile") : NULL;
	err = err ?: for_each_dir(k, check_ways, NULL);
	return error_first(err, workspace_unpatched(k->c));
}

/* The touched files that kbuild's .cmd files below @path name: added to @ret. */
static struct error *add_named(const struct checker *k, const char *path, struct strv *ret)
{
	_cleanup_strv_ struct strv files = STRV_INIT;
	struct error *err = path_is_dir(path) ? tree_files(path, &files) : NULL;

	for (size_t i = 0; !err && i < files.n; i++) {
		_cleanup_free_ char *cmd = xasprintf("%s/%s", path, files.v[i]), *text = NULL;

		if (!ends_with(cmd, ".cmd"))
			continue;
		err = file_read(cmd, TEXT_MAX, &text, NULL);
		for (size_t n = 0; !err && n < k->touched->n; n++)
			if (depend_names(k->c, text, k->touched->v[n]))
				strv_add_new(ret, k->touched->v[n]);
	}
	return err;
}

/* Those that blob @b, of which @unit is one, is made from. */
static struct error *find_named(const struct checker *k, const struct blob *b, const char *unit, struct strv *ret)
{
	_cleanup_free_ char *object = xasprintf("%s/%s", k->pre, unit), *cmd = depend_cmd_path(object), *text = NULL;
	struct error *err = file_read(cmd, TEXT_MAX, &text, NULL);

	for (size_t n = 0; !err && n < k->touched->n; n++)
		if (depend_names(k->c, text, k->touched->v[n]))
			strv_add_new(ret, k->touched->v[n]);
	/* The linker script is made from what its own command names, and units beside it are none of it. */
	for (size_t i = 0; !err && ends_with(unit, ".o"); i++) {
		_cleanup_free_ char *dir = dir_of(k->c, b, i), *path = NULL;

		if (!dir)
			break;
		path = xasprintf("%s/%s", k->c->ws.build, dir);
		err = add_named(k, path, ret);
	}
	return err;
}

static struct error *is_same(const struct checker *k, const char *unit, bool *ret)
{
	_cleanup_free_ char *a = xasprintf("%s/%s", k->pre, unit), *b = xasprintf("%s/%s", k->post, unit);
	_cleanup_free_ char *pre = NULL, *post = NULL;
	size_t na, nb;
	struct error *err = file_read(a, TEXT_MAX, &pre, &na);

	err = err ?: file_read(b, TEXT_MAX, &post, &nb);
	*ret = !err && na == nb && !memcmp(pre, post, na);
	return err;
}

static struct error *check(const struct checker *k, size_t i)
{
	const char *unit = k->units.v[i];
	const struct strv *named = &k->named[i];
	_cleanup_str_ struct str list = STR_INIT;
	bool same = true;
	struct error *err = named->n ? is_same(k, unit, &same) : NULL;

	if (err || same)
		return err;
	for (size_t n = 0; n < named->n; n++)
		str_addf(&list, "%s%s", n ? ", " : "", named->v[n]);
	return error_new(ERROR_REFUSED, "%s: changes %s: %s stays as it is until the kernel is booted anew; leave it out of the diff, if "
			 "the fix does without", list.s, blob_of(unit)->what, unit);
}

static struct error *add_cmds(struct checker *k, const char *path, void *fingerprint)
{
	_cleanup_strv_ struct strv files = STRV_INIT;
	struct error *err = tree_files(path, &files);

	for (size_t i = 0; !err && i < files.n; i++) {
		_cleanup_free_ char *cmd = xasprintf("%s/%s", path, files.v[i]);

		if (ends_with(cmd, ".o.cmd"))
			err = fingerprint_add_cmd(fingerprint, k->c, cmd);
	}
	return err;
}

/* All that they were made from, without the diff. */
static struct error *read_fingerprint(struct checker *k, struct fingerprint *f)
{
	_cleanup_free_ char *prepared = NULL;
	struct error *err = kbuild_prepared(k->c, &prepared);

	fingerprint_add_text(f, prepared ?: "");
	fingerprint_add_text(f, k->c->kernel.cc_version);
	for (size_t i = 0; !err && i < k->units.n; i++) {
		_cleanup_free_ char *object = xasprintf("%s/%s", k->pre, k->units.v[i]), *cmd = depend_cmd_path(object);

		err = fingerprint_add_cmd(f, k->c, cmd);
		for (size_t n = 0; !err; n++) {
			_cleanup_free_ char *dir = dir_of(k->c, blob_of(k->units.v[i]), n), *makefile = NULL;

			if (!dir)
				break;
			makefile = xasprintf("%s/%s/Makefile", k->c->kernel.source, dir);
			fingerprint_add(f, makefile);
		}
	}
	return err ?: for_each_dir(k, add_cmds, f);
}

/* Sees that they are there, without the diff; kbuild takes a second to find that it has nothing to do. */
static struct error *make_pre(struct checker *k)
{
	_cleanup_free_ char *path = xasprintf("%s/blobs/fingerprint", k->c->ws.dir);
	struct fingerprint f = FINGERPRINT_INIT;
	bool same = false;
	struct error *err = path_exists(path) ? read_fingerprint(k, &f) : NULL;

	if (!err && path_exists(path))
		err = fingerprint_check(&f, path, &same);
	/* What cannot be read is not there. */
	error_free(err);
	str_free(&f.text);
	if (same)
		return NULL;
	err = tree_unlink(path);
	err = err ?: make(k, k->pre);
	err = err ?: read_fingerprint(k, &f);
	return err ?: fingerprint_save(&f, path);
}

static struct error *check_all(struct checker *k, const struct survey *s)
{
	struct error *err;
	bool any = false;

	find_units(k, s);
	k->named = calloc(k->units.n, sizeof(*k->named));
	if (!k->named)
		return error_new(ERROR_SYSTEM, "out of memory");
	err = make_real(k);
	err = err ?: make_pre(k);
	/* Is any touched file a part of any?  Going back from the patched view will remove the .cmd files that tell. */
	for (size_t i = 0; !err && i < k->units.n; i++) {
		err = find_named(k, blob_of(k->units.v[i]), k->units.v[i], &k->named[i]);
		any |= k->named[i].n;
	}
	if (err || !any)
		return err;
	err = make_post(k);
	for (size_t i = 0; !err && i < k->units.n; i++)
		err = check(k, i);
	return err;
}

struct error *blobs_check(struct create *c, const struct survey *s, const struct strv *touched, struct strv *unchanged)
{
	struct checker k = {
		.c = c,
		.touched = touched,
		.pre = xasprintf("%s/blobs/pre", c->ws.dir),
		.post = xasprintf("%s/blobs/post", c->ws.dir),
	};
	struct error *err = check_all(&k, s);

	for (size_t i = 0; k.named && i < k.units.n; i++) {
		for (size_t n = 0; !err && n < k.named[i].n; n++)
			strv_add_new(unchanged, k.named[i].v[n]);
		strv_free(&k.named[i]);
	}
	free(k.named);
	strv_free(&k.units);
	free(k.pre);
	free(k.post);
	return err;
}
