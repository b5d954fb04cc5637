// SPDX-License-Identifier: GPL-2.0-or-later
#include "objmanip/stand-in.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/author.h"
#include "objmanip/kept.h"
#include "objmanip/linkage.h"
#include "objmanip/names.h"
#include "objmanip/refs.h"
#include "objmanip/refusals.h"
#include "objmanip/select.h"

static struct error *no_memory(const struct om_obj *obj)
{
	return error_errno(ENOMEM, "%s", obj->path);
}

/* Spans with a name, by class, name, and place. */

struct named {
	const char *name;	/* borrowed, or @plain */
	char *plain;		/* owned */
	struct om_span *span;
};

struct list {
	struct named *v;
	size_t n;
};

static int compare_names(const struct named *a, const struct named *b)
{
	if (a->span->section->class != b->span->section->class)
		return a->span->section->class < b->span->section->class ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int compare(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int cmp = compare_names(x, y);

	if (cmp)
		return cmp;
	if (x->span->section->index != y->span->section->index)
		return x->span->section->index < y->span->section->index ? -1 : 1;
	return x->span->start < y->span->start ? -1 : x->span->start > y->span->start;
}

static void list_free(struct list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i].plain);
	free(list->v);
	*list = (struct list){ 0 };
}

/* Strings and constants are whatever they hold. */
static struct error *list_make(const struct om_obj *obj, bool plain, struct list *ret)
{
	*ret = (struct list){ .v = calloc(obj->nr_spans + 1, sizeof(*ret->v)) };
	if (!ret->v)
		return no_memory(obj);
	om_for_each_span(span, obj) {
		struct named n = { .name = span->name, .span = span };

		if (!span->symbol || om_by_content(span))
			continue;
		if (plain)
			n.name = n.plain = om_name_plain(span->name);
		if (!n.name)
			return no_memory(obj);
		ret->v[ret->n++] = n;
	}
	qsort(ret->v, ret->n, sizeof(*ret->v), compare);
	return NULL;
}

static size_t run_length(const struct list *list, size_t i)
{
	size_t j = i + 1;

	while (j < list->n && !compare_names(&list->v[i], &list->v[j]))
		j++;
	return j - i;
}

static bool is_variable(const struct om_span *span)
{
	return span->section->class == OM_CLASS_DATA || span->section->class == OM_CLASS_PERCPU;
}

static bool may_stand_for(const struct om_span *span, const struct om_span *pre)
{
	return span->symbol->bind == pre->symbol->bind && span->symbol->type == pre->symbol->type &&
	       (!is_variable(span) || span->size == pre->size);
}

typedef void (*group_fn)(struct named *pre, size_t nr_pre, struct named *span, size_t nr);

static struct error *for_groups(struct om_unit *unit, bool plain, group_fn fn)
{
	struct list pre = { 0 }, list = { 0 };
	struct error *err = list_make(unit->pre, plain, &pre) ?: list_make(unit->renumbered, plain, &list);
	size_t i = 0, j = 0;

	while (!err && i < pre.n && j < list.n) {
		size_t ni = run_length(&pre, i), nj = run_length(&list, j);
		int cmp = compare_names(&pre.v[i], &list.v[j]);

		if (!cmp)
			fn(&pre.v[i], ni, &list.v[j], nj);
		i += cmp <= 0 ? ni : 0;
		j += cmp >= 0 ? nj : 0;
	}
	list_free(&pre);
	list_free(&list);
	return err;
}

static void pair_only(struct named *pre, size_t nr_pre, struct named *list, size_t nr)
{
	if (nr_pre == 1 && nr == 1 && may_stand_for(list->span, pre->span))
		list->span->stands_for = pre->span;
}

/*
 * The compiler counts static variables of functions as it comes to them: counter.2 is the same one in both objects if it came to the same
 * ones in both, that is, if all that are called counter have the same numbers.  With a single one, its number means nothing.
 */
static void check_numbered(struct named *pre, size_t nr_pre, struct named *list, size_t nr)
{
	bool all = nr_pre == nr;

	if (nr_pre == 1 && nr == 1)
		return pair_only(pre, 1, list, 1);
	for (size_t i = 0; i < nr; i++)
		all &= list[i].span->stands_for != NULL;
	for (size_t i = 0; i < nr && !all; i++)
		if (list[i].span->section->class != OM_CLASS_TEXT && om_name_numbered(list[i].span->name))
			list[i].span->stands_for = NULL;
}

/* Entries of tables, without names, in order; where there are as many. */
static void pair_entries(struct om_section *pre, struct om_section *sec)
{
	if (pre->class != OM_CLASS_OTHER || pre->nr_spans != sec->nr_spans)
		return;
	for (size_t i = 0; i < sec->nr_spans; i++)
		if (!sec->spans[i]->symbol && !pre->spans[i]->symbol)
			sec->spans[i]->stands_for = pre->spans[i];
}

struct error *om_stand_in_pair(struct om_unit *unit)
{
	struct error *err = for_groups(unit, false, pair_only) ?: for_groups(unit, true, check_numbered);

	om_for_each_section(sec, unit->renumbered) {
		struct om_section *pre = om_find_section(unit->pre, sec->name);

		if (pre)
			pair_entries(pre, sec);
	}
	return err;
}

/* Calls. */

static const struct om_span *whole(const struct om_span *span)
{
	return span->part_of ?: span;
}

static bool is_function(const struct om_span *span)
{
	return span->section->class == OM_CLASS_TEXT && span->symbol && !span->part_of;
}

/* The function of its own unit that @rel of @from calls or jumps to, or NULL. */
static const struct om_span *callee(const struct om_span *from, const struct om_reloc *rel)
{
	const struct om_span *to = om_is_code(from) && from->obj->arch->reloc_branch(from, rel) ? rel->target : NULL;

	return to && to->section->class == OM_CLASS_TEXT && whole(to) != whole(from) ? whole(to) : NULL;
}

/* How often @f with its parts calls @to. */
static size_t count_calls(const struct om_span *f, const struct om_span *to)
{
	size_t nr = 0;

	om_for_each_span(part, f->obj) {
		if (whole(part) != f)
			continue;
		om_for_each_reloc(rel, part)
			nr += callee(part, rel) == to;
	}
	return nr;
}

static bool is_same(const struct om_span *f)
{
	return f->verdict == OM_SAME && (!f->stands_for || f->stands_for->verdict == OM_SAME);
}

/* Marks (in priv) each function that does not stay as it is, and each that calls one of these, or one that does. */
static void mark_reaching(struct om_obj *obj)
{
	bool again;

	om_for_each_span(f, obj)
		f->priv = is_function(f) && !is_same(f) ? f : NULL;
	do {
		again = false;
		om_for_each_span(span, obj) {
			struct om_span *f = (struct om_span *)whole(span);

			om_for_each_reloc(rel, span) {
				const struct om_span *to = f->priv ? NULL : callee(span, rel);

				if (!to || !to->priv)
					continue;
				f->priv = f;
				again = true;
			}
		}
	} while (again);
}

#define CHANGE_CALLER "change that function as well, so that it is replaced, too"

/* @f stays as it is, and calls @to: so must what it stands for, or it may have an old copy of what changes. */
static struct error *check_call(struct om_target *t, const struct om_span *f, const struct om_span *to)
{
	size_t nr = count_calls(f, to), nr_pre = f->stands_for && to->stands_for ? count_calls(f->stands_for, to->stands_for) : 0;

	if (nr_pre >= nr)
		return NULL;
	return om_refuse_one(t, om_where_span(f), CHANGE_CALLER, "with the flags that carried code needs, gcc makes %zu call%s of %s in it, and in the "
			     "kernel %zu: what the diff changes may be inlined there", nr, nr > 1 ? "s" : "", to->name, nr_pre);
}

static struct error *check_calls(struct om_target *t, struct om_obj *obj)
{
	struct error *err = NULL;

	mark_reaching(obj);
	om_for_each_span(span, obj) {
		const struct om_span *f = whole(span), *seen = NULL;

		/* Code for one kind of processor is assembler code, into which nothing is inlined. */
		if (f->section->class != OM_CLASS_TEXT || !is_same(f) || f->overridden)
			continue;
		om_for_each_reloc(rel, span) {
			const struct om_span *to = callee(span, rel);

			if (!to || !to->priv || to == seen || err)
				continue;
			seen = to;
			err = check_call(t, f, to);
		}
	}
	om_for_each_span(f, obj)
		f->priv = NULL;
	return err;
}

/* The twin of what is there before and after, and is not in pre. */
static bool is_unknown(const struct om_target *t, const struct om_span *twin)
{
	for (size_t i = 0; twin && i < t->nr_units; i++)
		if (t->units[i].renumbered == twin->obj)
			return true;
	return false;
}

struct checking {
	struct om_target *t;
	struct om_span **told;
	size_t nr;
};

static bool is_told(struct checking *c, const struct om_span *span)
{
	for (size_t i = 0; i < c->nr; i++)
		if (c->told[i] == span)
			return true;
	return false;
}

static struct error *check_unknown(struct checking *c, struct om_span *post)
{
	struct om_span **grown;

	if (!is_unknown(c->t, post->twin) || is_told(c, post))
		return NULL;
	grown = reallocarray(c->told, c->nr + 1, sizeof(*grown));
	if (!grown)
		return no_memory(post->obj);
	c->told = grown;
	grown[c->nr++] = post;
	return om_refuse_one(c->t, om_where_span(post), "make the change so that nothing which changes needs it",
			     "with the flags that carried code needs, gcc makes it otherwise "
			     "than the kernel has it: it cannot be told which one it is there");
}

static struct error *check_wanted(struct om_span *from, const struct om_entry *entry, struct om_reloc *rel, void *ctx)
{
	int64_t off;
	struct om_span *to = om_meant(rel, &off);

	return to && !to->carried && to->verdict != OM_NEW ? check_unknown(ctx, to) : NULL;
}

static struct error *check_carried(struct checking *c, struct om_obj *post)
{
	struct error *err = NULL;

	om_for_each_span(span, post) {
		if (!err && (om_replaced(span) || om_in_place(span)))
			err = check_unknown(c, span);
		if (!err && (span->carried || om_in_place(span)))
			err = om_walk_relocs(span, check_wanted, c);
	}
	return err;
}

struct error *om_stand_in_refuse(struct om_target *t)
{
	struct checking c = { .t = t };
	struct error *err = NULL;

	for (size_t i = 0; i < t->nr_units && !err; i++) {
		struct om_unit *unit = &t->units[i];

		if (!unit->renumbered || !unit->renumbered->arch->carried_cflags)
			continue;
		err = check_calls(t, unit->renumbered);
		err = err ?: check_carried(&c, unit->post);
	}
	free(c.told);
	return err;
}

static uint64_t distance(const struct om_span *a, const struct om_span *b)
{
	return a->start < b->start ? b->start - a->start : a->start - b->start;
}

struct om_span *om_stand_in_mentioned(struct om_span *pre)
{
	struct om_span *best = NULL;

	om_for_each_span(span, pre->obj) {
		om_for_each_reloc(rel, span) {
			struct om_span *to = rel->target;

			if (!to || to->section != pre->section || (best && distance(best, pre) <= distance(to, pre)))
				continue;
			if (om_is_matched_reloc(span, rel))
				best = to;
		}
	}
	return best;
}
