// SPDX-License-Identifier: GPL-2.0-or-later
/* Members with another name: is done with them what was done before? */
#include "ksplice-create/layout-parts.h"

#include <string.h>

#include "ksplice-create/facts.h"
#include "ksplice-create/renamed-members.h"

static bool is_renamed_in(const struct layouts *l, const char *unit)
{
	for (size_t i = 0; i < l->nr; i++)
		if (l->found[i].was.n && !strcmp(l->found[i].unit, unit))
			return true;
	return false;
}

static char *words_of_renamed(const struct layouts *l)
{
	struct str words = STR_INIT;

	str_add(&words, FACTS_USES, strlen(FACTS_USES));
	for (size_t i = 0; i < l->nr; i++)
		for (size_t k = 0; k < l->found[i].was.n; k++)
			str_addf(&words, "%s,%s,", l->found[i].was.v[k], l->found[i].is.v[k]);
	return words.s;
}

/* What @unit does with members that have another name: is it what it did with them? */
static void judge_uses(struct layouts *l, const char *unit, const char *pre, const char *post)
{
	for (size_t i = 0; i < l->nr; i++) {
		char *otherwise;

		if (!l->found[i].was.n || strcmp(l->found[i].unit, unit))
			continue;
		otherwise = renamed_otherwise(pre, post, &l->found[i].was, &l->found[i].is);
		l->found[i].fits = !otherwise;
		if (!otherwise)
			continue;
		free(l->found[i].what);
		l->found[i].what = xasprintf("'%s' becomes '%s', of which something else is made: '%.*s%s'", l->found[i].was.v[0],
					     l->found[i].is.v[0], 160, otherwise, strlen(otherwise) > 160 ? "..." : "");
		free(otherwise);
	}
}

/* Only now is known of which members the sources have to be asked. */
struct error *layout_judge_renamed(struct layouts *l, const struct strv *units, const struct strv *pre_units,
				   const struct strv *post_units)
{
	_cleanup_strv_ struct strv names = STRV_INIT, before = STRV_INIT, after = STRV_INIT, pre = STRV_INIT, post = STRV_INIT;
	_cleanup_free_ char *what = words_of_renamed(l);
	struct error *err;

	for (size_t i = 0; i < units->n; i++) {
		if (!is_renamed_in(l, units->v[i]))
			continue;
		strv_add(&names, units->v[i]);
		strv_add(&before, pre_units->v[i]);
		strv_add(&after, post_units->v[i]);
	}
	if (!names.n)
		return NULL;
	err = facts_of_units(l->c, what, &before, &after, &pre, &post);
	for (size_t i = 0; !err && i < names.n; i++)
		judge_uses(l, names.v[i], pre.v[i], post.v[i]);
	return err;
}
