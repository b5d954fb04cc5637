// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds structures and other types whose objects the patched code would misunderstand, and numbers that it would. */
#include "ksplice-create/layouts.h"

#include <string.h>

#include "ksplice-create/depend.h"
#include "ksplice-create/facts.h"
#include "ksplice-create/layout-text.h"
#include "ksplice-create/makers.h"
#include "ksplice-create/number-macros.h"
#include "ksplice-create/renamed-members.h"
#include "ksplice-create/strmap.h"
#include "ksplice-create/targets.h"
#include "ksplice-create/tree.h"
#include "objmanip/refusals.h"
#include "objmanip/select.h"
#include "objmanip/special.h"

#define LAYOUT_ADVICE_NUMBER "put what is new behind what is there; if nothing keeps such a number from before the update, say ksplice_layout_ignore(%s)"
#define ADVICE_VARIABLE "give what is another variable another name; or say ksplice_data_new() if it may begin anew, or ksplice_layout_ignore() if " \
			"what it holds is still right"
#define ADVICE "leave the structure as it is, and keep what is new in a shadow variable (ksplice-patch.h); if no object of it can " \
	       "exist while the update is applied, say ksplice_layout_ignore()"

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

enum layout_kind { LAYOUT_STRUCTURE, LAYOUT_TYPEDEF, LAYOUT_ENUMERATOR, LAYOUT_VARIABLE, LAYOUT_CALLERS };

/* What one side of one unit knows. */
struct layout_side {
	struct strmap names;	/* "struct foo", "typedef foo_t", "enumerator FOO", "variable foo", "variable foo of f", "callers f" */
	struct strv texts;
	struct layout_about {
		enum layout_kind kind;
		bool stays;	/* of a structure */
		bool bound;	/* of an enumerator: it counts the others, and is no number that is kept */
		/* Of an enumerator: its enumeration; of a variable: its function, or ""; of a structure: the functions that have one on the
		 * stack, or NULL; borrowed. */
		const char *list;
		bool twice;	/* of a variable: the function has two of that name */
	} *about;
	struct strv ignored;
};

static void layout_side_free(struct layout_side *s)
{
	strmap_free(&s->names);
	strv_free(&s->texts);
	strv_free(&s->ignored);
	free(s->about);
}

static struct layout_about about(const char *word)
{
	bool bound = starts_with(word, "bound ");

	if (!strcmp(word, "typedef"))
		return (struct layout_about){.kind = LAYOUT_TYPEDEF, .stays = true};
	if (bound || starts_with(word, "value "))
		return (struct layout_about){.kind = LAYOUT_ENUMERATOR, .stays = true, .bound = bound, .list = strchr(word, ' ') + 1};
	if (starts_with(word, "variable "))
		return (struct layout_about){.kind = LAYOUT_VARIABLE, .stays = true, .list = strchr(word, ' ') + 1};
	if (!strcmp(word, "callers"))
		return (struct layout_about){.kind = LAYOUT_CALLERS};
	return (struct layout_about){.kind = LAYOUT_STRUCTURE, .stays = !strcmp(word, "stays"), .list = starts_with(word, "stack ") ? word + 6 : NULL};
}

static void layout_side_parse(char *text, struct layout_side *s)
{
	static const char *const kinds[] = {"struct", "typedef", "enumerator", "variable", "callers"};
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *word = strchr(line, '\t'), *members = word ? strchr(word + 1, '\t') : NULL;
		_cleanup_free_ char *name = NULL;
		struct layout_about what;
		size_t n;

		if (!members) {
			strv_add(&s->ignored, line);
			continue;
		}
		*word++ = *members++ = 0;
		what = about(word);
		name = what.kind == LAYOUT_VARIABLE && *what.list ? xasprintf("variable %s of %s", line, what.list)
							    : xasprintf("%s %s", kinds[what.kind], line);
		n = strmap_find(&s->names, name);
		if (n != STRMAP_NONE) {
			s->about[n].twice = true;
			continue;
		}
		n = strmap_add(&s->names, name);
		strv_add(&s->texts, members);
		s->about = xrealloc(s->about, (n + 1) * sizeof(*s->about));
		s->about[n] = what;
	}
}

struct layouts {
	struct create *c;
	struct strv ignored;
	struct strv told;	/* what is refused already */
	struct {
		char *unit, *name, *what;
		struct strv makers;	/* makers_list() */
		struct strv was, is;	/* members that only have another name, as far as the structure itself tells; else none */
		bool fits;	/* ... and as far as its uses tell */
		struct layout_about about;
	} *found;
	size_t nr;
};

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

static bool layout_is_carried_from(const struct create *c, const struct unit *u)
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

/* All units that know it are here.  Where none has one on a stack, they are made where no source says so: void *private. */
static bool lives_on(const struct layouts *l, const char *name)
{
	bool made = false;

	for (size_t i = 0; i < l->nr; i++) {
		if (strcmp(l->found[i].name, name))
			continue;
		if (l->found[i].about.stays)
			return true;
		made |= l->found[i].makers.n;
	}
	return !made;
}

/* Is it the same object to the differ? What that took for another one, or saw to differ, is its business. */
static bool is_kept(const struct om_target *t, const char *unit, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < t->nr_units; i++) {
		if (strcmp(t->units[i].post->unit, unit))
			continue;
		om_for_each_span(span, t->units[i].post) {
			bool named = !strncmp(span->name, name, len) && (!span->name[len] || span->name[len] == '.');

			if (named && span->twin && span->verdict == OM_SAME &&
			    (span->section->class == OM_CLASS_DATA || span->section->class == OM_CLASS_PERCPU))
				return true;
		}
	}
	return false;
}

/* An object on the stack is gone with the function that has it, if that is replaced. */
static struct error *refuse_maker(struct layouts *l, size_t i, struct om_target *t)
{
	_cleanup_free_ char *maker = l->found[i].about.kind == LAYOUT_STRUCTURE ? makers_kept(t, l->found[i].unit, &l->found[i].makers) : NULL;
	_cleanup_free_ char *key = xasprintf("%s %s on the stack", l->found[i].name, l->found[i].what);

	if (!maker || strv_has(&l->told, key))
		return NULL;
	strv_add(&l->told, key);
	return om_refuse_one(t, xasprintf("%s: %s", l->found[i].unit, l->found[i].name), ADVICE,
			     "%s: changed layout of what %s, which is not replaced, may have on its stack", l->found[i].what, maker);
}

static char *advice_for(enum layout_kind kind, const char *name)
{
	if (kind == LAYOUT_ENUMERATOR)
		return xasprintf(LAYOUT_ADVICE_NUMBER, name);
	return xstrdup(kind == LAYOUT_VARIABLE ? ADVICE_VARIABLE : ADVICE);
}

static struct error *layout_refuse(struct layouts *l, size_t i)
{
	const char *name = l->found[i].name, *bare_at = strchr(name, ' ') + 1;
	enum layout_kind kind = l->found[i].about.kind;
	_cleanup_free_ char *bare = xstrndup(bare_at, strcspn(bare_at, " "));
	/* Of an enumeration the first one will do. */
	_cleanup_free_ char *key = xasprintf("%s %s", name, kind == LAYOUT_ENUMERATOR ? "" : l->found[i].what);
	_cleanup_free_ char *advice = advice_for(kind, bare);
	struct om_target *t = targets_of_unit(l->c, l->found[i].unit);

	if (!t || l->found[i].fits || strv_has(&l->ignored, bare) || strv_has(&l->told, key) || (kind == LAYOUT_VARIABLE && !is_kept(t, l->found[i].unit, bare)))
		return NULL;
	if (!lives_on(l, name))
		return refuse_maker(l, i, t);
	strv_add(&l->told, key);
	return om_refuse_one(t, xasprintf("%s: %s", l->found[i].unit, name), advice,
			     "%s: changed layout or meaning of objects that were made before the update and live on",
			     l->found[i].what);
}

/* Whether a structure has changed is not known then, and the diff touches some. */
static struct error *layout_refuse_unknown(struct layouts *l, const char *unit)
{
	struct om_target *t = targets_of_unit(l->c, unit);

	if (!t)
		return NULL;
	return om_refuse_one(t, xstrdup(unit), "leave the definitions of structures out of the diff",
			     "its source cannot be preprocessed alone, so its structures cannot be compared");
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

static void layout_compare(struct layouts *l, const char *unit, const char *pre, const char *post)
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
static void layout_compare_moved(struct layouts *l, const struct strv *units, const struct strv *pre, const struct strv *post)
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
static struct error *layout_judge_renamed(struct layouts *l, const struct strv *units, const struct strv *pre_units,
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
static struct error *layout_check_numbers(struct layouts *l)
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
