// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds functions that callers outside of the update, or from before it, would call wrongly. */
#include "ksplice-create/prototypes.h"

#include <string.h>

#include "ksplice-create/facts.h"
#include "ksplice-create/prototype-text.h"
#include "ksplice-create/tree.h"
#include "objmanip/anew.h"
#include "objmanip/exports.h"
#include "objmanip/gone.h"
#include "objmanip/refusals.h"
#include "objmanip/select.h"

#define ADVICE "leave the function as it is, with its prototype, and give the callers that the diff changes a new one under " \
	       "another name"

#define ADVICE_GONE "leave it in the source, so that it is replaced with what it calls; or give what has the new prototype another name"

/* A replaced function that others may call as before: modules outside of the update, or a removed function. */
struct callee {
	struct om_target *target;
	const struct om_span *span;	/* in the post object */
	const struct om_span *gone;	/* the removed function, in a pre object; NULL: @span is exported */
	const struct unit *unit, *pre_unit;	/* in which it is defined with the diff, and without */
};

struct finder {
	struct create *c;
	const struct exports *exports;	/* of the running kernel */
	struct callee *list;
	size_t nr;
	struct strv units;		/* C units of these */
	struct strv pre_units, post_units; /* their names without and with the diff; "" where there is none */
	struct strv pre, post;		/* what prototypes_of() says of these */
};

/* Takes @reason. */
static struct error *refuse(const struct callee *e, char *reason)
{
	const struct om_span *at = e->gone ?: e->span;
	struct error *err = om_refuse_one(e->target, xasprintf("%s: %s", at->obj->unit, at->name), e->gone ? ADVICE_GONE : ADVICE,
					  "%s", reason);

	free(reason);
	return err;
}

/* What cannot be compared is refused as well. */
static struct error *refuse_unknown(const struct callee *e, const char *why)
{
	return refuse(e, e->gone ? xasprintf("removed, but may still be called through a pointer, and calls %s: %s", e->span->name, why)
				 : xasprintf("exported, and %s", why));
}

static struct error *refuse_change(const struct callee *e, const char *was, const char *is)
{
	if (e->gone)
		return refuse(e, xasprintf("removed, but may still be called through a pointer, and calls %s, whose prototype becomes "
					   "'%s', was '%s'", e->span->name, is, was));
	return refuse(e, xasprintf("exported, and its prototype becomes '%s', was '%s': modules outside of the update call it by the old "
				   "one", is, was));
}

static const struct unit *unit_of(const struct create *c, const struct om_span *span)
{
	for (size_t i = 0; i < c->nr_units; i++)
		if (!strcmp(c->units[i].name, span->obj->unit))
			return &c->units[i];
	return NULL;
}

static void add_unit(struct finder *f, const struct unit *u)
{
	if (!ends_with(u->source, ".c") || strv_has(&f->units, u->name))
		return;
	strv_add(&f->units, u->name);
	strv_add(&f->pre_units, u->added ? "" : u->name);
	strv_add(&f->post_units, u->became ?: u->removed ? "" : u->name);
}

static void add(struct finder *f, struct om_target *t, const struct om_span *span, const struct om_span *gone)
{
	const struct unit *u = unit_of(f->c, span), *pre = unit_of(f->c, span->twin);

	/* One of --extra-match is not replaced. */
	if (!u || !pre)
		return;
	f->list = xrealloc(f->list, (f->nr + 1) * sizeof(*f->list));
	f->list[f->nr++] = (struct callee){.target = t, .span = span, .gone = gone, .unit = u, .pre_unit = pre};
	add_unit(f, u);
	add_unit(f, pre);
}

/* "arch/x86/crypto/twofish-x86_64" and "twofish_x86_64" are one module. */
static bool is_owner(const char *owner, const char *target)
{
	const char *slash = owner ? strrchr(owner, '/') : NULL;

	if (!owner)
		return false;
	for (owner = slash ? slash + 1 : owner; *owner && *target; owner++, target++)
		if (*owner != *target && !(*owner == '-' && *target == '_'))
			return false;
	return !*owner && !*target;
}

/*
 * By any of its names, and by any unit: twofish_enc_blk() is assembler, and twofish_glue.c has its EXPORT_SYMBOL_GPL().  Of a
 * module, what the running kernel exports may not be known.
 */
static bool is_exported(const struct finder *f, const struct om_target *t, const struct om_span *pre)
{
	const struct om_obj *obj = pre->obj;

	for (size_t i = 1; i < obj->nr_symbols; i++) {
		const struct om_symbol *sym = &obj->symbols[i];

		if (sym->span != pre || sym->span_off || sym->bind == STB_LOCAL)
			continue;
		if (om_exports(obj, sym->name) || is_owner(exports_owner(f->exports, sym->name), t->name))
			return true;
	}
	return false;
}

static void find_exported(struct finder *f)
{
	for (size_t i = 0; i < f->c->nr_targets; i++) {
		struct om_target *t = f->c->targets[i].om;

		for (size_t k = 0; k < t->nr_units; k++)
			om_for_each_span(span, t->units[k].post)
				if (om_replaced(span) && is_exported(f, t, span->twin))
					add(f, t, span, NULL);
	}
}

static struct error *find_called_by_gone(struct finder *f)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < f->c->nr_targets; i++) {
		struct om_target *t = f->c->targets[i].om;
		_cleanup_free_ struct om_gone_call *list = NULL;
		size_t nr;

		err = om_gone_calls(t, &list, &nr);
		/* Clones are refused already. */
		for (size_t k = 0; !err && k < nr; k++)
			if (!strchr(list[k].to->name, '.'))
				add(f, t, list[k].to->twin, list[k].from);
	}
	return err;
}

/* Those in the lines @text that have @name and @mark, behind one another; "" if there is none. Owned by the caller. */
static char *prototypes_in(const char *text, const char *name, const char *mark)
{
	_cleanup_free_ char *start = xasprintf("%s%s\t", name, mark);
	struct str out = STR_INIT;
	size_t len = strlen(start);

	str_add(&out, "", 0);
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (!strncmp(line, start, len))
			str_addf(&out, "%s%.*s", out.len ? ", " : "", (int)strcspn(line + len, "\n"), line + len);
	return out.s;
}

/* Of what takes any parameters, a declaration without a prototype tells nothing. */
static bool tells_parameters(const char *declared)
{
	return *declared && !strstr(declared, "( )");
}

/*
 * What is not in the update was compiled without the diff, so it calls the old function, and what is compiled with it sees the other
 * declaration, and becomes a part of the update.
 */
static bool can_be_anew(const struct finder *f, const struct callee *e, const char *name)
{
	return !e->gone && !strv_has(&f->c->anew, name) && om_can_define_anew(e->target, name);
}

static struct error *compare(const struct finder *f, const struct callee *e, const char *name, const char *pre, const char *post)
{
	_cleanup_free_ char *was = prototypes_in(pre, name, ""), *is = prototypes_in(post, name, "");
	_cleanup_free_ char *declared = prototypes_in(pre, name, "()"), *now = prototypes_in(post, name, "()");

	if (!strcmp(was, is) || (tells_parameters(declared) && !strcmp(declared, now)))
		return NULL;
	if (!tells_parameters(declared) || !tells_parameters(now) || !can_be_anew(f, e, name))
		return refuse_change(e, was, is);
	strv_add(&f->c->anew, name);
	return NULL;
}

/* @pre and @post have it by at least one of its names; an alias has no definition of its own. */
static struct error *compare_names(const struct finder *f, const struct callee *e, const char *pre, const char *post)
{
	const struct om_obj *obj = e->span->twin->obj;
	struct error *err = NULL;
	bool found = false;

	for (size_t i = 1; !err && i < obj->nr_symbols; i++) {
		const struct om_symbol *sym = &obj->symbols[i];
		_cleanup_free_ char *was = NULL;

		if (sym->span != e->span->twin || sym->span_off || !*sym->name)
			continue;
		was = prototypes_in(pre, sym->name, "");
		found |= *was;
		err = compare(f, e, sym->name, pre, post);
	}
	if (!err && !found)
		err = refuse_unknown(e, "its definition is not found in the source, so its prototype cannot be compared");
	return err;
}

static size_t index_of(const struct finder *f, const struct unit *u)
{
	size_t n = 0;

	while (strcmp(f->units.v[n], u->name))
		n++;
	return n;
}

static struct error *check_c(struct finder *f, const struct callee *e)
{
	const char *pre = f->pre.v[index_of(f, e->pre_unit)], *post = f->post.v[index_of(f, e->unit)];

	if (!strcmp(pre, FACTS_UNKNOWN) || !strcmp(post, FACTS_UNKNOWN))
		return refuse_unknown(e, "its source cannot be preprocessed alone, so its prototype cannot be compared");
	return compare_names(f, e, pre, post);
}

/* What the file @name below @root declares of the function. */
static struct error *add_declared(const char *root, const char *name, const char *function, struct str *ret)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", root, name), *text = NULL, *declared = NULL;
	struct error *err = NULL;

	if (ends_with(name, ".S") || !path_exists(path))
		return NULL;
	err = file_read(path, TEXT_MAX, &text, NULL);
	if (err)
		return err;
	declared = prototype_declared(text, function);
	str_addf(ret, "%s%s", ret->len && *declared ? " " : "", declared);
	return NULL;
}

/* Assembler says nothing of how it is called: the declarations in touched files do. */
static struct error *check_assembler(struct finder *f, const struct callee *e)
{
	_cleanup_str_ struct str was = STR_INIT, is = STR_INIT;
	const struct strv *files = &f->c->patches.files;
	struct error *err = NULL;

	str_add(&was, "", 0);
	str_add(&is, "", 0);
	for (size_t i = 0; !err && i < files->n; i++) {
		err = add_declared(f->c->kernel.source, files->v[i], e->span->name, &was);
		err = err ?: add_declared(f->c->ws.stage, files->v[i], e->span->name, &is);
	}
	return err ?: strcmp(was.s, is.s) ? refuse_change(e, was.s, is.s) : NULL;
}

static struct error *check_all(struct finder *f)
{
	struct error *err = NULL;

	if (f->units.n)
		err = facts_of_units(f->c, FACTS_PROTOTYPES, &f->pre_units, &f->post_units, &f->pre, &f->post);
	for (size_t i = 0; !err && i < f->nr; i++) {
		const struct callee *e = &f->list[i];
		bool c = ends_with(e->unit->source, ".c") && ends_with(e->pre_unit->source, ".c");

		err = c ? check_c(f, e) : check_assembler(f, e);
	}
	return err;
}

struct error *prototypes_check(struct create *c, const struct exports *exports)
{
	struct finder f = {.c = c, .exports = exports};
	struct error *err;

	find_exported(&f);
	err = find_called_by_gone(&f);
	err = err ?: check_all(&f);
	free(f.list);
	strv_free(&f.units);
	strv_free(&f.pre_units);
	strv_free(&f.post_units);
	strv_free(&f.pre);
	strv_free(&f.post);
	return err;
}
