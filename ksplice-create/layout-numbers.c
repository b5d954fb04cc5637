// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of macros that are numbers, which objects may keep. */
#include "ksplice-create/layout-parts.h"

#include "ksplice-create/depend.h"
#include "ksplice-create/number-macros.h"
#include "ksplice-create/targets.h"
#include "ksplice-create/tree.h"
#include "objmanip/refusals.h"

/* Of the units from which something is carried, and that were there before, the first that is made of @file; or NULL. */
static struct error *find_carried(const struct create *c, const char *file, const struct unit **ret)
{
	struct error *err = NULL;

	*ret = NULL;
	for (size_t i = 0; !err && !*ret && i < c->nr_units; i++) {
		const struct unit *u = &c->units[i];
		_cleanup_free_ char *cmd = depend_cmd_path(u->pre), *text = NULL;

		if (u->added || !layout_is_carried_from(c, u))
			continue;
		err = file_read(cmd, TEXT_MAX, &text, NULL);
		if (!err && depend_names(c, text, file))
			*ret = u;
	}
	return err;
}

static struct error *refuse_numbers(struct layouts *l, const char *file, const char *list, const char *what)
{
	const struct unit *u = NULL;
	_cleanup_free_ char *advice = xasprintf(LAYOUT_ADVICE_NUMBER, list);
	struct error *err = strv_has(&l->ignored, list) ? NULL : find_carried(l->c, file, &u);
	struct om_target *t = u ? targets_of_unit(l->c, u->name) : NULL;

	if (err || !t)
		return err;
	return om_refuse_one(t, xasprintf("%s: %s_* of %s", u->name, list, file), advice,
			     "%s: changed layout or meaning of objects that were made before the update and live on", what);
}

/* Numbers that the preprocessor leaves no trace of. */
struct error *layout_check_numbers(struct layouts *l)
{
	const struct create *c = l->c;
	struct error *err = NULL;

	for (size_t i = 0; !err && i < c->patches.files.n; i++) {
		_cleanup_free_ char *was = xasprintf("%s/%s", c->kernel.source, c->patches.files.v[i]), *pre = NULL;
		_cleanup_free_ char *is = xasprintf("%s/%s", c->ws.stage, c->patches.files.v[i]), *post = NULL;
		_cleanup_strv_ struct strv lists = STRV_INIT, what = STRV_INIT;

		if (!path_exists(was) || !path_exists(is))
			continue;
		err = file_read(was, TEXT_MAX, &pre, NULL);
		err = err ?: file_read(is, TEXT_MAX, &post, NULL);
		if (!err)
			number_macros_shifted(pre, post, &lists, &what);
		for (size_t k = 0; !err && k < lists.n; k++)
			err = refuse_numbers(l, c->patches.files.v[i], lists.v[k], what.v[k]);
	}
	return err;
}
