// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/kconfig-hunks.h"

#include <string.h>

#include "ksplice-create/kbuild.h"
#include "ksplice-create/kconfig.h"
#include "ksplice-create/outside.h"
#include "ksplice-create/report.h"
#include "ksplice-create/tree.h"

/* In the view as they are below @root; those that are not there, nowhere. Their times stay, so kbuild sees no change afterwards. */
static struct error *put(struct create *c, const struct strv *files, const char *root)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < files->n; i++) {
		_cleanup_free_ char *from = xasprintf("%s/%s", root, files->v[i]), *to = xasprintf("%s/%s", c->ws.view, files->v[i]);

		err = path_exists(from) ? tree_copy(from, to) : tree_unlink(to);
	}
	return err;
}

static struct error *configure_patched(struct create *c, const struct strv *files, char **config)
{
	_cleanup_free_ char *dir = xasprintf("%s/kconfig", c->ws.dir);
	struct error *err = put(c, files, c->ws.stage);

	err = err ?: tree_empty(dir);
	err = err ?: kbuild_configure(c, dir, config);
	err = error_first(err, put(c, files, c->kernel.source));
	return err ?: tree_remove(dir);
}

static struct error *compare(struct create *c, const char *patched, struct str *differences)
{
	_cleanup_free_ char *path = xasprintf("%s/.config", c->ws.build), *text = NULL;
	struct kconfig pre = {}, post = {};
	struct error *err = file_read(path, TEXT_MAX, &text, NULL);

	err = err ?: kconfig_parse(text, path, &pre);
	err = err ?: kconfig_parse(patched, "the patched source's configuration", &post);
	if (!err)
		kconfig_differences(&pre, &post, differences);
	kconfig_free(&pre);
	kconfig_free(&post);
	return err;
}

static void take_out(struct create *c, const struct strv *files)
{
	struct strv kept = STRV_INIT;

	for (size_t i = 0; i < files->n; i++)
		report_note(c, "%s: changes no option of this configuration; ignored", files->v[i]);
	for (size_t i = 0; i < c->patches.files.n; i++)
		if (!strv_has(files, c->patches.files.v[i]))
			strv_add(&kept, c->patches.files.v[i]);
	strv_free(&c->patches.files);
	c->patches.files = kept;
}

struct error *kconfig_hunks_check(struct create *c)
{
	_cleanup_strv_ struct strv files = STRV_INIT;
	_cleanup_str_ struct str differences = STR_INIT;
	_cleanup_free_ char *config = NULL;
	struct error *err;

	for (size_t i = 0; i < c->patches.files.n; i++) {
		const char *why;

		if (file_kind(c, c->patches.files.v[i], &why) == FILE_KCONFIG)
			strv_add(&files, c->patches.files.v[i]);
	}
	if (!files.n)
		return NULL;
	err = configure_patched(c, &files, &config);
	err = err ?: compare(c, config, &differences);
	if (err)
		return error_prefix(err, "%s: with the diff", files.v[0]);
	if (differences.len)
		return error_new(ERROR_REFUSED, "%s%s: changes the configuration, which must stay the kernel's own, or the code would not be; "
				 "leave this out of the diff:%s", files.v[0], files.n > 1 ? " and other Kconfig files" : "", differences.s);
	take_out(c, &files);
	return NULL;
}
