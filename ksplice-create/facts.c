// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/facts.h"

#include "ksplice-create/kbuild.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/workspace.h"

static struct error *facts_of_side(struct create *c, const char *what, const struct strv *units, struct strv *ret)
{
	static const struct strv none = STRV_INIT;
	_cleanup_strv_ struct strv there = STRV_INIT;
	struct error *err;

	for (size_t i = 0; i < units->n; i++)
		if (*units->v[i])
			strv_add(&there, units->v[i]);
	err = kbuild_preprocess(c, what, &there, &none);
	for (size_t i = 0; !err && i < units->n; i++) {
		_cleanup_free_ char *path = NULL, *text = NULL;

		if (!*units->v[i]) {
			strv_add(ret, "");
			continue;
		}
		path = kbuild_preprocessed(c, units->v[i], false);
		/* None where kbuild makes the source, or has it elsewhere. */
		if (path_exists(path))
			err = file_read(path, TEXT_MAX, &text, NULL);
		err = err ?: tree_unlink(path);
		strv_add(ret, text ?: FACTS_UNKNOWN);
	}
	return err;
}

struct error *facts_of_units(struct create *c, const char *what, const struct strv *pre_units, const struct strv *post_units,
			     struct strv *pre, struct strv *post)
{
	struct error *err = facts_of_side(c, what, pre_units, pre);

	err = err ?: workspace_patched(c);
	err = err ?: facts_of_side(c, what, post_units, post);
	return error_first(err, workspace_unpatched(c));
}
