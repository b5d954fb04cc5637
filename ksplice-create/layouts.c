// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds structures and other types whose objects the patched code would misunderstand, and numbers that it would. */
#include "ksplice-create/layouts.h"

#include <string.h>

#include "ksplice-create/facts.h"
#include "ksplice-create/layout-parts.h"
#include "ksplice-create/layout-text.h"
#include "ksplice-create/tree.h"

/* What of the touched file @name could change a type; "" when it is not there. Owned by the caller. */
static struct error *outline_of(const char *root, const char *name, char **ret)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", root, name), *text = NULL;
	struct error *err = path_exists(path) ? file_read(path, TEXT_MAX, &text, NULL) : NULL;

	*ret = err ? NULL : layout_outline(text ?: "");
	return err;
}

/* Can a touched file have changed a type at all?  One that comes or goes may have come from, or gone to, another name. */
static struct error *touches_types(struct create *c, bool *ret)
{
	struct error *err = NULL;

	*ret = false;
	for (size_t i = 0; !err && !*ret && i < c->patches.files.n; i++) {
		_cleanup_free_ char *x = NULL, *y = NULL;

		err = outline_of(c->kernel.source, c->patches.files.v[i], &x);
		err = err ?: outline_of(c->ws.stage, c->patches.files.v[i], &y);
		if (err)
			break;
		*ret = strcmp(x, y);
	}
	return err;
}

/* The C units by their names without and with the diff, "" for those that are not there. */
static void list_units(const struct create *c, struct strv *units, struct strv *pre, struct strv *post)
{
	for (size_t i = 0; i < c->nr_units; i++) {
		const struct unit *u = &c->units[i];

		if (!ends_with(u->source, ".c"))
			continue;
		strv_add(units, u->name);
		strv_add(pre, u->added ? "" : u->name);
		strv_add(post, u->became ?: u->removed ? "" : u->name);
	}
}

static struct error *compare_all(struct layouts *l)
{
	_cleanup_strv_ struct strv units = STRV_INIT, pre_units = STRV_INIT, post_units = STRV_INIT;
	_cleanup_strv_ struct strv pre = STRV_INIT, post = STRV_INIT;
	struct create *c = l->c;
	struct error *err;
	bool any = false;

	for (size_t i = 0; i < c->nr_units; i++)
		any |= layout_is_carried_from(c, &c->units[i]);
	if (!any)
		return NULL;
	list_units(c, &units, &pre_units, &post_units);
	err = facts_of_units(c, FACTS_TYPES, &pre_units, &post_units, &pre, &post);
	if (err)
		return err;
	for (size_t i = 0; !err && i < units.n; i++) {
		if (!strcmp(pre.v[i], FACTS_UNKNOWN) || !strcmp(post.v[i], FACTS_UNKNOWN))
			err = layout_refuse_unknown(l, units.v[i]);
		layout_compare(l, units.v[i], pre.v[i], post.v[i]);
	}
	layout_compare_moved(l, &units, &pre, &post);
	return err ?: layout_judge_renamed(l, &units, &pre_units, &post_units);
}

struct error *layouts_check(struct create *c)
{
	struct layouts l = {.c = c};
	bool touched = false;
	struct error *err = touches_types(c, &touched);

	if (!err && touched)
		err = compare_all(&l) ?: layout_check_numbers(&l);
	for (size_t i = 0; !err && i < l.nr; i++)
		err = layout_refuse(&l, i);
	for (size_t i = 0; i < l.nr; i++) {
		free(l.found[i].unit);
		free(l.found[i].name);
		free(l.found[i].what);
		strv_free(&l.found[i].makers);
		strv_free(&l.found[i].was);
		strv_free(&l.found[i].is);
	}
	free(l.found);
	strv_free(&l.ignored);
	strv_free(&l.told);
	return err;
}
