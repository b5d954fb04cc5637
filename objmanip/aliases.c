// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A function may have several names: int foo(void) __attribute__((alias("bar"))), SYM_FUNC_ALIAS(foo, bar).  Who calls it from another
 * unit has its address, which does not tell by which name it came.  So when foo becomes a function of its own, a hook at bar would
 * redirect the calls of both, and no hook those of neither.
 */
#include "objmanip/aliases.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "objmanip/refusals.h"

/* What other units may have the address of. */
static bool is_known_outside(const struct om_symbol *sym)
{
	if (sym->bind == STB_LOCAL || !sym->span || !sym->name[0] || sym->type == STT_SECTION)
		return false;
	switch (sym->section->class) {
	case OM_CLASS_TEXT:
	case OM_CLASS_DATA:
	case OM_CLASS_PERCPU:
	case OM_CLASS_RODATA:
		return true;
	default:
		return false;
	}
}

static bool is_other_name(const struct om_symbol *sym)
{
	return sym->span->symbol != sym;
}

/* Neither before nor after an alias: what changed is the thing itself, and others judge that. */
static bool is_plain(const struct om_symbol *pre, const struct om_symbol *post)
{
	return !is_other_name(pre) && !is_other_name(post) && !pre->span_off && !post->span_off;
}

/* __pfx_foo, which goes along with foo: when foo is another unit's now, or was (a weak one that another overrides), lost.c judges that. */
static bool goes_along(const struct om_symbol *pre, const struct om_symbol *post)
{
	return pre->span_off && pre->span_off == post->span_off && !strcmp(pre->span->name, post->span->name);
}

static bool means_the_same(const struct om_symbol *pre, const struct om_symbol *post)
{
	if (goes_along(pre, post))
		return true;
	if (post->span->twin != pre->span)
		return false;
	/* A second entry of a function that changed: refuse-assembly.c. */
	return pre->span_off == post->span_off || post->section->class == OM_CLASS_TEXT;
}

static void say_meaning(const struct om_symbol *sym, char *buf, size_t size)
{
	if (sym->span_off)
		snprintf(buf, size, "a place in %s", sym->span->name);
	else if (is_other_name(sym))
		snprintf(buf, size, "another name of %s", sym->span->name);
	else
		snprintf(buf, size, "a %s of its own", sym->section->class == OM_CLASS_TEXT ? "function" : "variable");
}

static struct error *refuse(struct om_target *t, const struct om_symbol *pre, const struct om_symbol *post)
{
	char was[256], is[256];

	say_meaning(pre, was, sizeof(was));
	say_meaning(post, is, sizeof(is));
	return om_refuse_one(t, om_where_name(post->section->obj, post->name),
			     "leave the name as it is, and let the code that the diff changes use a new one",
			     "was %s and is %s now: what is not replaced knows it by its address, and goes on with what it was",
			     was, is);
}

static struct error *refuse_unit(struct om_target *t, const struct om_unit *unit)
{
	for (size_t i = 1; i < unit->post->nr_symbols; i++) {
		const struct om_symbol *post = &unit->post->symbols[i], *pre;
		struct error *err;

		if (!is_known_outside(post) || post->span->declared == OM_TAKE_NEW)
			continue;
		pre = om_find_symbol(unit->pre, post->name);
		if (!pre || !is_known_outside(pre) || is_plain(pre, post) || means_the_same(pre, post))
			continue;
		err = refuse(t, pre, post);
		if (err)
			return err;
	}
	return NULL;
}

struct error *om_aliases_refuse(struct om_target *t)
{
	for (size_t i = 0; i < t->nr_units; i++) {
		struct error *err = refuse_unit(t, &t->units[i]);

		if (err)
			return err;
	}
	return NULL;
}
