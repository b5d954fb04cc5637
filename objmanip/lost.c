// SPDX-License-Identifier: GPL-2.0-or-later
#include "objmanip/lost.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/compare.h"
#include "objmanip/exports.h"
#include "objmanip/linkage.h"
#include "objmanip/moved.h"
#include "objmanip/names.h"
#include "objmanip/refs.h"
#include "objmanip/refusals.h"
#include "objmanip/refuse.h"
#include "objmanip/select.h"

static struct error *no_memory(const struct om_target *t)
{
	return error_errno(ENOMEM, "%s", t->name);
}

/* Names. */

static bool refers_to(const struct om_obj *obj, const char *name)
{
	for (size_t i = 1; i < obj->nr_symbols; i++)
		if (om_is_undefined(&obj->symbols[i]) && !strcmp(obj->symbols[i].name, name))
			return true;
	return false;
}

/* The unit in which @name is not defined and used. */
static const struct om_obj *user_of(const struct om_target *t, const char *name, enum om_side side)
{
	for (size_t i = 0; i < t->nr_units; i++)
		if (refers_to(om_side_obj(&t->units[i], side), name))
			return om_side_obj(&t->units[i], side);
	return NULL;
}

static struct error *doubt(struct om_target *t, enum om_doubt_kind kind, const struct om_symbol *sym)
{
	struct om_doubt *grown = reallocarray(t->doubts, t->nr_doubts + 1, sizeof(*grown));

	if (!grown)
		return no_memory(t);
	t->doubts = grown;
	t->doubts[t->nr_doubts++] = (struct om_doubt){ .kind = kind, .span = sym->span, .name = sym->name };
	return NULL;
}

/* Only code and data that stay have something to lose; labels inside of them (SYM_INNER_LABEL, __pfx_foo) go along. */
static bool matters(const struct om_symbol *sym)
{
	return om_moves(sym->span) && !sym->span_off && !sym->span->declared;
}

#define OLD_ONE "whoever uses the name from elsewhere, or has a pointer, would go on with the old one"

static struct error *refuse_meaning(struct om_target *t, const struct om_symbol *was, const struct om_symbol *is)
{
	if (was->span->section->class != is->span->section->class)
		return om_refuse_one(t, om_where_name(is->span->obj, is->name),
				     "leave const and the section of it as they are; or give it another name",
				     "existing data that changed its kind: %s of %s was %s and is %s now: " OLD_ONE, is->name,
				     was->span->obj->unit, om_kind_of(was->span), om_kind_of(is->span));
	return om_refuse_one(t, om_where_name(is->span->obj, is->name), "leave each name with what it names; or give what is new another name, and "
			     "change those who use it", "this name was that of another one, %s of %s, which %s: " OLD_ONE,
			     was->span->name, was->span->obj->unit,
			     was->span->twin ? "goes on under another" : "is gone, while this one was there under another");
}

/* Both are at hand. In one unit, aliases.c and refuse-kinds.c have seen it. */
static struct error *check_meaning(struct om_target *t, const struct om_symbol *was, const struct om_symbol *is)
{
	if (is->span == was->span->twin || !matters(was) || !matters(is) || !strcmp(was->span->obj->unit, is->span->obj->unit))
		return NULL;
	return refuse_meaning(t, was, is);
}

static enum om_bound bound_in(const struct om_target *t, const char *name)
{
	return t->bound ? t->bound(t->bound_ctx, t->name, name) : OM_BOUND_UNKNOWN;
}

static const char *bound_as(enum om_bound bound)
{
	return bound == OM_BOUND_WEAK ? "a weak one" : "one";
}

/* A name that no unit at hand defined before. A module's own definition takes it from whoever exported it. */
static struct error *check_taken(struct om_target *t, const struct om_symbol *is)
{
	static const char advice[] = "make the change in the function that runs now";
	const struct om_obj *user = user_of(t, is->name, OM_SIDE_PRE);
	enum om_bound bound = bound_in(t, is->name);

	if (!matters(is) || (is->bind == STB_WEAK && is->span->overridden))
		return NULL;
	if (is->bind == STB_WEAK && bound == OM_BOUND_UNKNOWN)
		return is->span->carried ? doubt(t, OM_DOUBT_WEAK, is) : NULL;
	if (user)
		return om_refuse_one(t, om_where_name(is->span->obj, is->name), advice, "new, but %s used this name before, for what another file "
				     "has, or nobody: " OLD_ONE, user->unit);
	if (bound == OM_BOUND_UNKNOWN)
		return doubt(t, OM_DOUBT_TAKEN, is);
	if (bound == OM_BOUND_NONE || is->bind == STB_WEAK)
		return NULL;
	return om_refuse_one(t, om_where_name(is->span->obj, is->name), advice, "new, but another file of the kernel has %s of this name already, "
			     "which runs: " OLD_ONE, bound_as(bound));
}

/* A name that no unit at hand defines any more.  Its users changed, or the linker would find another definition. */
static struct error *check_left(struct om_target *t, const struct om_symbol *was)
{
	const struct om_obj *user = user_of(t, was->name, OM_SIDE_POST);

	if (!matters(was) || was->bind == STB_WEAK)
		return NULL;
	if (!user)
		return doubt(t, OM_DOUBT_LEFT, was);
	return om_refuse_one(t, om_where_name(was->span->obj, was->name), "leave it, and make the change in it",
			     "removed, but %s uses this name, for what another file has: " OLD_ONE, user->unit);
}

/* A weak one that is replaced, whatever others there are. */
static struct error *check_weak(struct om_target *t, const struct om_symbol *was, const struct om_symbol *is)
{
	if (was->bind != STB_WEAK || !matters(is) || !om_replaced(is->span) || bound_in(t, is->name) != OM_BOUND_UNKNOWN)
		return NULL;
	return doubt(t, OM_DOUBT_WEAK, is);
}

/* Definitions of which all are weak: their order decides, and that is the linker's. Each must be there before and after, and the same. */
static struct error *check_several(struct om_target *t, const struct om_definition *pre, size_t nr_pre, const struct om_definition *post,
				   size_t nr_post)
{
	bool same = nr_pre == nr_post;

	for (size_t i = 0; i < nr_pre && same; i++)
		same = pre[i].sym->span->twin && pre[i].sym->span->verdict == OM_SAME;
	if (same || !matters(post->sym))
		return NULL;
	return om_refuse_one(t, om_where_name(post->sym->span->obj, post->sym->name), "leave the weak functions as they are",
			     "several files define it, all weakly, so that it is not known which of them runs: " OLD_ONE);
}

static struct error *check_name(struct om_target *t, const struct om_symbol *was, const struct om_symbol *is)
{
	if (was && is)
		return check_meaning(t, was, is) ?: check_weak(t, was, is);
	if (is)
		return check_taken(t, is);
	return was ? check_left(t, was) : NULL;
}

static struct error *check_names(struct om_target *t, const struct om_definitions *pre, const struct om_definitions *post)
{
	struct om_definition *a, *b;
	struct error *err = NULL;

	for (size_t i = 0, nr; i < post->nr && !err; i += nr) {
		const char *name = post->list[i].sym->name;
		size_t nr_pre = om_definitions_of(pre, name, &a);

		nr = om_definitions_of(post, name, &b);
		if ((nr_pre && !om_definition_taken(a, nr_pre)) || !om_definition_taken(b, nr))
			err = check_several(t, a, nr_pre, b, nr);
		else
			err = check_name(t, om_definition_taken(a, nr_pre), om_definition_taken(b, nr));
	}
	for (size_t i = 0, nr; i < pre->nr && !err; i += nr) {
		nr = om_definitions_of(pre, pre->list[i].sym->name, &a);
		if (!om_definitions_of(post, pre->list[i].sym->name, &b) && om_definition_taken(a, nr))
			err = check_name(t, om_definition_taken(a, nr), NULL);
	}
	return err;
}

/* What has no name beyond its unit. */

/* Whether somebody may have its address: it is stored, or handed out, or what modules get. */
static bool is_pointed_to(const struct om_target *t, const struct om_span *span, enum om_side side)
{
	if (om_exports(span->obj, span->name))
		return true;
	for (size_t i = 0; i < t->nr_units; i++) {
		om_for_each_span(from, om_side_obj(&t->units[i], side)) {
			if (from == span || from->section->class == OM_CLASS_EXPORT)
				continue;
			om_for_each_reloc(rel, from) {
				int64_t off;

				if (om_meant(rel, &off) == span && !off && om_is_pointer(from, rel))
					return true;
			}
		}
	}
	return false;
}

/* A pair of something lost by @from and something of its name that @to gains. */
struct loss {
	struct om_target *from, *to;
	struct om_span *pre, *post;
	bool moved;		/* @pre is paired with another one */
};

/* Behind the unit's name: of which target it is, if that is another one. */
static const char *of(const struct loss *l)
{
	return l->from == l->to ? "" : " of ";
}

static const char *other_target(const struct loss *l)
{
	return l->from == l->to ? "" : l->from->name;
}

static struct error *check_variable(const struct loss *l)
{
	static const char advice[] = "leave the variable in its file and let the moved code use it there; or, if another one is meant, give it "
				     "another name, or say so with ksplice_data_new() of ksplice-patch.h (docs/authoring.md)";

	/* In another target, chance has more room. */
	if (l->post->declared || !l->post->carried || !om_is_variable(l->pre) ||
	    (l->from != l->to && (l->pre->size != l->post->size || l->pre->section->class != l->post->section->class)))
		return NULL;
	return om_refuse_one(l->to, om_where_span(l->post), advice, "%s%s%s has a variable of this name, which is gone with the "
			     "diff: if it moved, its value would be lost", l->pre->obj->unit, of(l), other_target(l));
}

/* A constant is as good in a second place, unless it is known by its address. */
static struct error *check_constant(const struct loss *l)
{
	const char *function = om_held_function(l->post) ?: om_held_function(l->pre);

	if (l->post->declared || !l->post->carried || l->moved || !function || l->from != l->to ||
	    l->pre->section->class != OM_CLASS_RODATA)
		return NULL;
	return om_refuse_one(l->to, om_where_span(l->post), "leave the table in its file and change the functions that it has; "
			     "or, if it is another table, give it another name", "%s%s%s has a table of this name, which is gone with the "
			     "diff: it has functions, and objects that exist keep the old one, and others the new one after an undo",
			     l->pre->obj->unit, of(l), other_target(l));
}

/* Called by name, as far as the units at hand do not tell: by what modules import, or a module from elsewhere. */
static bool is_called_from_elsewhere(const struct loss *l)
{
	if (l->pre->symbol->bind == STB_LOCAL || l->from == l->to)
		return false;
	return strcmp(l->from->name, "vmlinux") && om_exports(l->post->obj, l->post->name);
}

static struct error *check_function(const struct loss *l)
{
	bool reachable = l->post->symbol->bind != STB_LOCAL || is_pointed_to(l->to, l->post, OM_SIDE_POST);

	if (l->moved || l->pre->part_of || l->post->part_of || !reachable || l->pre->section->class != OM_CLASS_TEXT ||
	    om_same_code(l->pre->stand_in ?: l->pre, l->post))
		return NULL;
	if (!is_called_from_elsewhere(l) && !is_pointed_to(l->from, l->pre, OM_SIDE_PRE))
		return NULL;
	return om_refuse_one(l->to, om_where_span(l->post), "leave the function where it is, and change it there; or, if it is "
			     "really another one, give it another name", "%s%s%s has a function of this name, which is gone with the diff, "
			     "and to which there are pointers: if it moved, they would go on with the old one", l->pre->obj->unit, of(l),
			     other_target(l));
}

static struct error *check_loss(const struct loss *l)
{
	switch (l->post->section->class) {
	case OM_CLASS_TEXT:
		return check_function(l);
	case OM_CLASS_RODATA:
		return check_constant(l);
	default:
		return check_variable(l);
	}
}

/* What is lost or moved away, by its name without numbers. */
struct lost {
	char *plain;		/* owned */
	struct om_target *from;
	struct om_span *pre;
};

struct losses {
	struct lost *list;
	size_t nr;
};

static void losses_free(struct losses *l)
{
	for (size_t i = 0; i < l->nr; i++)
		free(l->list[i].plain);
	free(l->list);
}

static int compare_lost(const void *a, const void *b)
{
	const struct lost *x = a, *y = b;

	return strcmp(x->plain, y->plain);
}

static struct error *note_losses(struct om_target *t, struct losses *l)
{
	for (size_t i = 0; i < t->nr_units; i++) {
		om_for_each_span(pre, t->units[i].pre) {
			struct lost *grown;

			if (!om_moves(pre) || (pre->verdict != OM_GONE && !(pre->twin && om_moved(pre->twin))))
				continue;
			grown = reallocarray(l->list, l->nr + 1, sizeof(*grown));
			if (!grown)
				return no_memory(t);
			l->list = grown;
			grown[l->nr] = (struct lost){ .plain = om_name_plain(pre->name), .from = t, .pre = pre };
			if (!grown[l->nr].plain)
				return no_memory(t);
			l->nr++;
		}
	}
	return NULL;
}

static struct error *find_losses(struct om_target *const *targets, size_t nr, struct losses *ret)
{
	struct error *err = NULL;

	*ret = (struct losses){ 0 };
	for (size_t i = 0; i < nr && !err; i++)
		err = note_losses(targets[i], ret);
	if (ret->nr)
		qsort(ret->list, ret->nr, sizeof(*ret->list), compare_lost);
	return err;
}

static bool same_name(const struct om_span *a, const struct om_span *b)
{
	return a->section->class != OM_CLASS_TEXT || !strcmp(a->name, b->name);
}

/* Checks @post, which is new in @t, against what other units lost: of this target, or of the others. */
static struct error *check_new(struct om_target *t, struct om_span *post, const struct losses *losses, bool between)
{
	struct lost key = { .plain = om_name_plain(post->name) }, *l;
	struct error *err = NULL;

	if (!key.plain)
		return no_memory(t);
	l = losses->nr ? bsearch(&key, losses->list, losses->nr, sizeof(*l), compare_lost) : NULL;
	while (l && l > losses->list && !compare_lost(&key, l - 1))
		l--;
	for (; l && l < losses->list + losses->nr && !compare_lost(&key, l) && !err; l++) {
		struct loss loss = { .from = l->from, .to = t, .pre = l->pre, .post = post, .moved = l->pre->twin };

		if ((l->from != t) == between && strcmp(l->pre->obj->unit, post->obj->unit) && same_name(l->pre, post))
			err = check_loss(&loss);
	}
	free(key.plain);
	return err;
}

static struct error *check_all_new(struct om_target *t, const struct losses *losses, bool between)
{
	struct error *err = NULL;

	for (size_t i = 0; i < t->nr_units && losses->nr; i++)
		om_for_each_span(post, t->units[i].post)
			if (!err && post->verdict == OM_NEW && om_moves(post) && !post->overridden)
				err = check_new(t, post, losses, between);
	return err;
}

struct error *om_lost_refuse(struct om_target *t)
{
	struct om_definitions pre = { 0 }, post = { 0 };
	struct losses losses = { 0 };
	struct error *err = om_definitions_read(t, OM_SIDE_PRE, &pre) ?: om_definitions_read(t, OM_SIDE_POST, &post);

	err = err ?: check_names(t, &pre, &post);
	err = err ?: find_losses(&t, 1, &losses);
	err = err ?: check_all_new(t, &losses, false);
	om_definitions_free(&pre);
	om_definitions_free(&post);
	losses_free(&losses);
	return err;
}

struct error *om_lost_between(struct om_target *const *targets, size_t nr)
{
	struct losses losses;
	struct error *err = find_losses(targets, nr, &losses);

	for (size_t i = 0; i < nr && !err; i++)
		err = check_all_new(targets[i], &losses, true);
	losses_free(&losses);
	return err;
}

struct error *om_overridden_note(struct om_target *t)
{
	struct error *err = NULL;

	for (size_t i = 0; i < t->nr_units && !err; i++)
		om_for_each_span(span, t->units[i].post)
			if (!err && span->overridden && span->twin && span->reason)
				err = om_target_note(t, "%s: %s changed, but is weak, and another file's runs instead: it is left out",
						     span->obj->unit, span->name);
	return err;
}
