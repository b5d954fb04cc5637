// SPDX-License-Identifier: GPL-2.0-or-later
/* Compares definitions of both sides: by name, under another name, and in another unit. */
#include "ksplice-create/layout-parts.h"

#include <string.h>

#include "ksplice-create/layout-text.h"
#include "ksplice-create/makers.h"
#include "ksplice-create/renamed-members.h"
#include "ksplice-create/tree.h"

static void note_difference(struct layouts *l, const char *unit, const char *name, char *what, struct layout_about about)
{
	l->found = xrealloc(l->found, (l->nr + 1) * sizeof(*l->found));
	l->found[l->nr].unit = xstrdup(unit);
	l->found[l->nr].name = xstrdup(name);
	l->found[l->nr].what = what;
	l->found[l->nr].makers = l->found[l->nr].was = l->found[l->nr].is = (struct strv)STRV_INIT;
	l->found[l->nr].fits = false;
	l->found[l->nr++].about = about;
}

/* NULL: they are the same, or old objects fit; else what is not (owned by the caller). */
static char *difference(const char *name, enum layout_kind kind, const char *was, const char *is)
{
	char *what;

	if (kind == LAYOUT_STRUCTURE)
		return layout_is_kept(was, is, &what) ? NULL : what;
	if (kind == LAYOUT_VARIABLE)
		return strcmp(was, is) ? xasprintf("it becomes '%s', was '%s'", is, was) : NULL;
	return strcmp(was, is) ? xasprintf("%s becomes '%s', was '%s'", strchr(name, ' ') + 1, is, was) : NULL;
}

static void compare_sides(struct layouts *l, const char *unit, const struct layout_side *pre, const struct layout_side *post)
{
	for (size_t i = 0; i < post->ignored.n; i++)
		strv_add_new(&l->ignored, post->ignored.v[i]);
	for (size_t i = 0; i < post->names.names.n; i++) {
		const char *name = post->names.names.v[i];
		struct layout_about what = post->about[i];
		size_t was = what.kind == LAYOUT_CALLERS ? STRMAP_NONE : strmap_find(&pre->names, name);
		char *text = was == STRMAP_NONE ? NULL : difference(name, what.kind, pre->texts.v[was], post->texts.v[i]);
		_cleanup_free_ char *list = what.kind == LAYOUT_ENUMERATOR ? xasprintf("enum %s", what.list) : NULL;

		if (!text)
			continue;
		what.stays |= pre->about[was].stays;
		what.list = NULL;
		if ((what.bound && pre->about[was].bound) || what.twice || pre->about[was].twice) {
			free(text);
			continue;
		}
		note_difference(l, unit, list ?: name, text, what);
		if (what.kind != LAYOUT_STRUCTURE)
			continue;
		makers_list(&pre->names, &pre->texts, pre->about[was].list ?: "", &l->found[l->nr - 1].makers);
		renamed_members(pre->texts.v[was], post->texts.v[i], &l->found[l->nr - 1].was, &l->found[l->nr - 1].is);
	}
}

/* Is @name defined in a touched file below @root?  What is not, the unit has only begun, or ceased, to use. */
static bool is_defined(const struct create *c, const char *root, const char *name)
{
	bool found = false;

	for (size_t i = 0; i < c->patches.files.n && !found; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", root, c->patches.files.v[i]), *text = NULL;
		struct error *err = path_exists(path) ? file_read(path, TEXT_MAX, &text, NULL) : NULL;

		/* What cannot be read has ended it before. */
		error_free(err);
		found = text && layout_defines(text, name);
	}
	return found;
}

/* "struct foo" was defined by the files that the diff touches, and "struct bar" is, and not the other way round. */
static bool took_place(const struct create *c, const char *old, const char *new)
{
	const char *was = strchr(old, ' ') + 1, *is = strchr(new, ' ') + 1;

	return is_defined(c, c->kernel.source, was) && !is_defined(c, c->ws.stage, was) && is_defined(c, c->ws.stage, is) &&
	       !is_defined(c, c->kernel.source, is);
}

/*
 * A structure that is gone, and one that is new and has its members, may be one that got another name: what lists and pointers to anything
 * lead to was made as the old one.
 */
static void compare_renamed(struct layouts *l, const char *unit, const struct layout_side *pre, const struct layout_side *post)
{
	for (size_t i = 0; i < post->names.names.n; i++) {
		const char *name = post->names.names.v[i];

		if (post->about[i].kind != LAYOUT_STRUCTURE || strmap_find(&pre->names, name) != STRMAP_NONE)
			continue;
		for (size_t k = 0; k < pre->names.names.n; k++) {
			const char *old = pre->names.names.v[k];
			struct layout_about what = {.kind = LAYOUT_STRUCTURE, .stays = post->about[i].stays || pre->about[k].stays};
			_cleanup_free_ char *text = NULL;

			if (pre->about[k].kind != LAYOUT_STRUCTURE || strmap_find(&post->names, old) != STRMAP_NONE ||
			    !layout_is_like(pre->texts.v[k], post->texts.v[i]) || !took_place(l->c, old, name))
				continue;
			text = difference(name, LAYOUT_STRUCTURE, pre->texts.v[k], post->texts.v[i]);
			if (!text)
				continue;
			note_difference(l, unit, name, xasprintf("seems to be %s under another name, and %s", old, text), what);
			makers_list(&pre->names, &pre->texts, pre->about[k].list ?: "", &l->found[l->nr - 1].makers);
		}
	}
}

/* "f\tcallers\t...": no type, and f may be one's name, too. */
static bool is_about_callers(const char *line)
{
	return starts_with(line + strcspn(line, "\t\n"), "\tcallers\t");
}

/* Those lines of @a whose first word begins no line of @b, added to @ret: types that one side has and the other has not. */
static void add_others(const char *a, const char *b, struct str *ret)
{
	struct strmap known = STRMAP_INIT;

	for (const char *line = b; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		_cleanup_free_ char *name = xstrndup(line, strcspn(line, "\t\n"));

		if (!is_about_callers(line))
			strmap_add(&known, name);
	}
	for (const char *line = a; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t len = strcspn(line, "\t\n");
		_cleanup_free_ char *name = xstrndup(line, len);

		/* A lone word is none: FACTS_UNKNOWN, or what the author says of a type. */
		if (line[len] == '\t' && !is_about_callers(line) && strmap_find(&known, name) == STRMAP_NONE)
			str_add(ret, line, strcspn(line, "\n") + 1);
	}
	strmap_free(&known);
}

void layout_compare(struct layouts *l, const char *unit, const char *pre, const char *post)
{
	_cleanup_free_ char *was = xstrdup(pre), *is = xstrdup(post);
	struct layout_side a = {}, b = {};

	layout_side_parse(was, &a);
	layout_side_parse(is, &b);
	compare_sides(l, unit, &a, &b);
	compare_renamed(l, unit, &a, &b);
	layout_side_free(&a);
	layout_side_free(&b);
}

/*
 * A structure that one unit no longer has and another one gets has moved, with the code that uses it: to another file, or to
 * one that took the place of a removed one.
 */
void layout_compare_moved(struct layouts *l, const struct strv *units, const struct strv *pre, const struct strv *post)
{
	_cleanup_str_ struct str gone = STR_INIT;

	str_add(&gone, "", 0);
	for (size_t i = 0; i < units->n; i++)
		add_others(pre->v[i], post->v[i], &gone);
	for (size_t i = 0; i < units->n && gone.len; i++) {
		_cleanup_str_ struct str come = STR_INIT;

		str_add(&come, "", 0);
		add_others(post->v[i], pre->v[i], &come);
		layout_compare(l, units->v[i], gone.s, come.s);
	}
}
