// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds what the carried code needs from the kernel, and gives it the names under which it gets it. */
#include "objmanip/symbols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kmodsrc/ksplice-abi.h"
#include "objmanip/arch.h"
#include "objmanip/author.h"
#include "objmanip/linkage.h"
#include "objmanip/links.h"
#include "objmanip/names.h"
#include "objmanip/refs.h"
#include "objmanip/select.h"
#include "objmanip/stand-in.h"

/* What a relocation of carried code needs; all zero: nothing from outside. */
struct want {
	struct om_span *pre;
	const char *name;
	struct om_obj *pre_obj;
	bool root;
};

bool om_is_core_name(const char *name)
{
	/* ELFv2: each module has a TOC pointer of its own, and its loader knows the call of the tracer by this name (module_64.c, 6.1). */
	if (!strcmp(name, ".TOC.") || !strcmp(name, "_mcount"))
		return true;
	return !strncmp(name, KSPLICE_ABI_PREFIX, strlen(KSPLICE_ABI_PREFIX));
}

static struct om_obj *pre_of(const struct om_target *t, const struct om_obj *post)
{
	for (size_t i = 0; i < t->nr_units; i++)
		if (t->units[i].post == post)
			return t->units[i].pre;
	return NULL;
}

static bool is_own(const struct om_span *span, const struct om_reloc *rel)
{
	return rel >= span->relocs && rel < span->relocs + span->nr_relocs;
}

/*
 * With -fcf-protection=branch, a static function to which nothing points has no ENDBR, and on a kernel with IBT a call of the
 * old one through a pointer would fault.  Nobody knows that function by a pointer, so the new one's address will do.
 */
static bool is_first_pointer(const struct om_span *to)
{
	const struct om_arch *arch = to->obj->arch;

	return om_replaced(to) && to->twin && arch->indirect_entry(to) && !arch->indirect_entry(to->twin);
}

static struct error *want_span(const struct om_target *t, const struct om_span *from, const struct om_reloc *rel,
			       const struct om_span *to, int64_t off, struct want *ret)
{
	bool function = to->section->class == OM_CLASS_TEXT && !to->part_of;
	/*
	 * A pointer to a function must be the address that everybody else knows it by: it is compared (f_op->open == foo_open),
	 * stored, and outlives the update.  A call goes where the newest code is.
	 */
	bool root = function && om_is_pointer(from, rel) && !off && !is_first_pointer(to);

	/* Something that is replaced has two addresses; something new has one, here. */
	if (to->carried && !(root && om_replaced(to)))
		return NULL;
	if (!to->twin) {
		char buf[512];

		return error_new(ERROR_OTHER, "%s: refers to %s, which is new and not carried",
				 om_where(from, is_own(from, rel) ? rel->offset - from->start : 0, buf, sizeof(buf)),
				 to->name);
	}
	*ret = (struct want){ .pre = to->twin, .name = to->twin->symbol ? to->twin->name : "",
			      .pre_obj = to->twin->obj, .root = root };
	return NULL;
}

/*
 * A weak name need not mean what this unit defines it to be, another may override it: int foo(void) __weak __alias(foo_default).
 * Only the name tells, unless it is the name by which its definition is replaced: then matching has proved that this one
 * runs.  A name that is new is in no other unit, or what it names is known to be overridden.
 */
static bool by_weak_name(const struct om_target *t, const struct om_span *from, const struct om_reloc *rel)
{
	const struct om_span *to = rel->target;

	if (!to || rel->sym->bind != STB_WEAK || rel->sym->meant != to || to->section->class == OM_CLASS_PERCPU)
		return false;
	if (to->overridden)
		return true;
	if (to->carried && (!to->twin || !strcmp(rel->sym->name, to->name)))
		return false;
	return om_find_symbol(pre_of(t, from->obj), rel->sym->name);
}

/* Finds out what @rel of carried @from needs; ret->pre_obj stays NULL if nothing. */
static struct error *find_want(const struct om_target *t, const struct om_span *from, const struct om_reloc *rel,
			       struct want *ret)
{
	int64_t off;
	struct om_span *to = om_meant(rel, &off);

	*ret = (struct want){ 0 };
	if (to && !by_weak_name(t, from, rel))
		return want_span(t, from, rel, to, off, ret);
	if ((!rel->target && !om_is_undefined(rel->sym)) || !rel->sym->name[0] || om_is_core_name(rel->sym->name))
		return NULL;
	if (!rel->target && om_link_taken(t, rel->sym->name))
		return NULL;
	/* Whether it is a function, nobody tells; for data both addresses are the same. */
	*ret = (struct want){ .name = rel->sym->name, .pre_obj = pre_of(t, from->obj), .root = om_is_pointer(from, rel) };
	return NULL;
}

static struct om_import *find(const struct om_target *t, const struct want *w, bool hooked)
{
	for (size_t i = 0; i < t->nr_imports; i++) {
		struct om_import *imp = &t->imports[i];

		if (imp->pre == w->pre && imp->root == w->root && imp->hooked == hooked && (w->pre || !strcmp(imp->name, w->name)))
			return imp;
	}
	return NULL;
}

/* Where variables of a unit are reached from one another (section anchors), code mentions but some of them. */
static void find_neighbour(struct om_import *imp)
{
	const struct om_span *pre = imp->pre;

	if (!pre || !pre->obj->arch->carried_cflags || om_is_code(pre) || om_by_content(pre) || imp->hooked)
		return;
	imp->neighbour = om_stand_in_mentioned(imp->pre);
	if (imp->neighbour == pre)
		imp->neighbour = NULL;
	if (imp->neighbour)
		imp->distance = (int64_t)(pre->start - imp->neighbour->start);
}

static struct error *add(struct om_target *t, const struct want *w, bool hooked)
{
	struct om_import *grown;

	if (find(t, w, hooked))
		return NULL;
	grown = realloc(t->imports, (t->nr_imports + 1) * sizeof(*grown));
	if (!grown)
		return error_errno(ENOMEM, "%s", t->name);
	t->imports = grown;
	grown += t->nr_imports;
	*grown = (struct om_import){ .name = w->name, .pre = w->pre, .pre_obj = w->pre_obj, .root = w->root, .hooked = hooked,
				     .percpu = w->pre && w->pre->section->class == OM_CLASS_PERCPU };
	find_neighbour(grown);
	if (asprintf(&grown->publish, "ks:%s:%s:%zu:%s", t->id, t->name, t->nr_imports, w->pre ? w->pre->name : w->name) < 0)
		return error_errno(ENOMEM, "%s", t->name);
	t->nr_imports++;
	return NULL;
}

static struct error *note(struct om_span *span, const struct om_entry *entry, struct om_reloc *rel, void *ctx)
{
	struct want w;
	struct error *err = find_want(ctx, span, rel, &w);

	return err || !w.pre_obj ? err : add(ctx, &w, false);
}

static struct want want_old(const struct om_span *post)
{
	return (struct want){ .pre = post->twin, .name = post->twin->name, .pre_obj = post->twin->obj };
}

struct error *om_imports_make(struct om_target *t)
{
	om_imports_free(t);
	for (size_t i = 0; i < t->nr_units; i++) {
		om_for_each_span(span, t->units[i].post) {
			struct error *err = NULL;

			if (om_replaced(span) || om_in_place(span)) {
				struct want w = want_old(span);

				err = add(t, &w, true);
			}
			if (span->carried || om_in_place(span))
				err = err ?: om_walk_relocs(span, note, t);
			if (!err && span->carried && span->obj->arch->wants_toc && span->obj->arch->wants_toc(span)) {
				struct want w = { .name = ".TOC.", .pre_obj = t->units[i].pre };

				err = add(t, &w, false);
			}
			if (err)
				return err;
		}
	}
	return NULL;
}

void om_imports_free(struct om_target *t)
{
	for (size_t i = 0; i < t->nr_imports; i++)
		free(t->imports[i].publish);
	free(t->imports);
	t->imports = NULL;
	t->nr_imports = 0;
}

const struct om_import *om_import_of(const struct om_target *t, const struct om_span *from, const struct om_reloc *rel)
{
	struct want w;
	struct error *err = find_want(t, from, rel, &w);

	if (err) { /* then om_imports_make() has failed before */
		error_free(err);
		return NULL;
	}
	return w.pre_obj ? find(t, &w, false) : NULL;
}

const struct om_import *om_import_named(const struct om_target *t, const char *name)
{
	const struct want w = { .name = name };

	return find(t, &w, false);
}

const struct om_import *om_import_hooked(const struct om_target *t, const struct om_span *post)
{
	struct want w = want_old(post);

	return find(t, &w, true);
}
