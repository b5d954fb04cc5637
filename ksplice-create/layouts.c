// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds structures whose objects the patched code would misunderstand. */
#include "ksplice-create/layouts.h"

#include <string.h>

#include "ksplice-create/digests.h"
#include "ksplice-create/layout-text.h"
#include "ksplice-create/strmap.h"
#include "ksplice-create/targets.h"
#include "ksplice-create/tree.h"
#include "objmanip/refuse.h"

#define ADVICE "leave the structure as it is, and keep what is new in a shadow variable (ksplice-patch.h); if no object of it can " \
	       "exist while the update is applied, say ksplice_layout_ignore()"

/* Can a touched file have changed a type at all? */
static struct error *touches_types(struct create *c, bool *ret)
{
	struct error *err = NULL;

	*ret = false;
	for (size_t i = 0; !err && !*ret && i < c->patches.files.n; i++) {
		_cleanup_free_ char *old = xasprintf("%s/%s", c->kernel.source, c->patches.files.v[i]);
		_cleanup_free_ char *new = xasprintf("%s/%s", c->ws.stage, c->patches.files.v[i]);
		_cleanup_free_ char *a = NULL, *b = NULL, *x = NULL, *y = NULL;

		if (!path_exists(old) || !path_exists(new))
			continue;
		err = file_read(old, TEXT_MAX, &a, NULL);
		err = err ?: file_read(new, TEXT_MAX, &b, NULL);
		if (err)
			break;
		x = layout_outline(a);
		y = layout_outline(b);
		*ret = strcmp(x, y);
	}
	return err;
}

/* The types of one side of one unit. */
struct side {
	struct strmap names;
	struct strv texts;
	bool *stays;
	struct strv ignored;
};

static void side_free(struct side *s)
{
	strmap_free(&s->names);
	strv_free(&s->texts);
	strv_free(&s->ignored);
	free(s->stays);
}

static void side_parse(char *text, struct side *s)
{
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *place = strchr(line, '\t'), *members = place ? strchr(place + 1, '\t') : NULL;
		size_t n;

		if (!members) {
			strv_add(&s->ignored, line);
			continue;
		}
		*place++ = *members++ = 0;
		n = s->names.names.n;
		if (strmap_add(&s->names, line) < n)
			continue;
		strv_add(&s->texts, members);
		s->stays = xrealloc(s->stays, (n + 1) * sizeof(*s->stays));
		s->stays[n] = !strcmp(place, "stays");
	}
}

struct layouts {
	struct create *c;
	struct strv ignored;
	struct strv told;	/* what is refused already */
	struct {
		char *unit, *name, *what;
		bool stays;
	} *found;
	size_t nr;
};

static void note_difference(struct layouts *l, const char *unit, const char *name, char *what, bool stays)
{
	l->found = xrealloc(l->found, (l->nr + 1) * sizeof(*l->found));
	l->found[l->nr].unit = xstrdup(unit);
	l->found[l->nr].name = xstrdup(name);
	l->found[l->nr].what = what;
	l->found[l->nr++].stays = stays;
}

static void compare_sides(struct layouts *l, const char *unit, const struct side *pre, const struct side *post)
{
	for (size_t i = 0; i < post->ignored.n; i++)
		strv_add_new(&l->ignored, post->ignored.v[i]);
	for (size_t i = 0; i < post->names.names.n; i++) {
		const char *name = post->names.names.v[i];
		size_t was = strmap_find(&pre->names, name);
		char *what;

		if (was != STRMAP_NONE && !layout_is_kept(pre->texts.v[was], post->texts.v[i], &what))
			note_difference(l, unit, name, what, pre->stays[was] || post->stays[i]);
	}
}

static bool is_carried_from(const struct create *c, const struct unit *u)
{
	for (size_t i = 0; i < c->nr_targets; i++) {
		const struct om_target *t = c->targets[i].om;

		for (size_t k = 0; k < t->nr_units; k++) {
			if (strcmp(t->units[k].post->unit, u->name))
				continue;
			om_for_each_span(span, t->units[k].post)
				if (span->carried)
					return true;
		}
	}
	return false;
}

/* An object on the stack is gone with the functions that are replaced; they are not replaced while one of them runs. */
static bool lives_on(const struct layouts *l, const char *name)
{
	for (size_t i = 0; i < l->nr; i++)
		if (!strcmp(l->found[i].name, name) && l->found[i].stays)
			return true;
	return false;
}

static struct error *refuse_all(struct layouts *l)
{
	struct error *err = NULL;

	for (size_t i = 0; i < l->nr && !err; i++) {
		_cleanup_free_ char *key = xasprintf("%s %s", l->found[i].name, l->found[i].what);
		struct om_target *t = targets_of_unit(l->c, l->found[i].unit);

		if (!t || strv_has(&l->ignored, l->found[i].name) || strv_has(&l->told, key) || !lives_on(l, l->found[i].name))
			continue;
		strv_add(&l->told, key);
		err = om_refuse_one(t, xasprintf("%s: struct %s", l->found[i].unit, l->found[i].name), ADVICE,
				    "%s: changed layout or meaning of objects that were made before the update and live on",
				    l->found[i].what);
	}
	return err;
}

/* A unit that comes or goes has one side only, and nothing to compare. */
static bool has_both_sides(const struct create *c, const char *unit)
{
	for (size_t i = 0; i < c->nr_units; i++)
		if (!strcmp(c->units[i].name, unit))
			return !c->units[i].added && !c->units[i].removed;
	return false;
}

/* Whether a structure has changed is not known then, and the diff touches some. */
static struct error *refuse_unknown(struct layouts *l, const char *unit)
{
	struct om_target *t = targets_of_unit(l->c, unit);

	if (!t)
		return NULL;
	return om_refuse_one(t, xstrdup(unit), "leave the definitions of structures out of the diff",
			     "its source cannot be preprocessed alone, so its structures cannot be compared");
}

static struct error *compare_all(struct layouts *l)
{
	struct create *c = l->c;
	_cleanup_strv_ struct strv units = STRV_INIT, pre = STRV_INIT, post = STRV_INIT;
	struct error *err;
	bool any = false;

	for (size_t i = 0; i < c->nr_units; i++) {
		any |= is_carried_from(c, &c->units[i]);
		if (ends_with(c->units[i].source, ".c"))
			strv_add(&units, c->units[i].name);
	}
	if (!any)
		return NULL;
	err = digests_types(c, &units, &pre, &post);
	for (size_t i = 0; !err && i < units.n; i++) {
		struct side a = {}, b = {};

		if (has_both_sides(c, units.v[i]) && (!strcmp(pre.v[i], TYPES_UNKNOWN) || !strcmp(post.v[i], TYPES_UNKNOWN)))
			err = refuse_unknown(l, units.v[i]);
		side_parse(pre.v[i], &a);
		side_parse(post.v[i], &b);
		compare_sides(l, units.v[i], &a, &b);
		side_free(&a);
		side_free(&b);
	}
	return err;
}

struct error *layouts_check(struct create *c)
{
	struct layouts l = {.c = c};
	bool touched = false;
	struct error *err = touches_types(c, &touched);

	if (!err && touched)
		err = compare_all(&l);
	err = err ?: refuse_all(&l);
	for (size_t i = 0; i < l.nr; i++) {
		free(l.found[i].unit);
		free(l.found[i].name);
		free(l.found[i].what);
	}
	free(l.found);
	strv_free(&l.ignored);
	strv_free(&l.told);
	return err;
}
