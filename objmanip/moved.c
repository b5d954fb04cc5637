// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Functions that move to another file need nothing: their callers change, and the new function is carried with them; who still
 * runs the old one, by a pointer, finds it where it was.  Of a variable there would be two, each with a state of its own.
 */
#include "objmanip/moved.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/names.h"
#include "objmanip/refuse.h"

static bool is_variable(const struct om_span *span)
{
	enum om_class class = span->section->class;

	return (class == OM_CLASS_DATA || class == OM_CLASS_PERCPU) && span->symbol && !om_macro_static(span) && !om_by_content(span);
}

/* The variable of the name @plain that another unit than @post's loses; *@ret NULL: none. */
static struct error *find_lost(const struct om_target *t, const struct om_obj *post, const char *plain, struct om_span **ret)
{
	*ret = NULL;
	for (size_t i = 0; i < t->nr_units; i++) {
		if (t->units[i].post == post)
			continue;
		om_for_each_span(pre, t->units[i].pre) {
			char *name;

			if (pre->verdict != OM_GONE || !is_variable(pre))
				continue;
			name = om_name_plain(pre->name);
			if (!name)
				return error_errno(ENOMEM, "%s", pre->obj->path);
			if (!strcmp(name, plain))
				*ret = pre;
			free(name);
		}
	}
	return NULL;
}

static struct error *check(struct om_target *t, struct om_span *span)
{
	char *plain = om_name_plain(span->name), *where;
	struct om_span *lost = NULL;
	struct error *err = plain ? find_lost(t, span->obj, plain, &lost) : error_errno(ENOMEM, "%s", span->obj->path);

	free(plain);
	if (err || !lost)
		return err;
	if (asprintf(&where, "%s: %s", span->obj->unit, span->name) < 0)
		where = NULL;
	return om_refuse_one(t, where, "leave the variable in its file; let the moved code use it there, or give what is really another "
			     "variable another name", "%s has a variable of this name, which is gone with the diff: if it moved, "
			     "its value would be lost", lost->obj->unit);
}

struct error *om_moved_refuse(struct om_target *t)
{
	for (size_t i = 0; i < t->nr_units; i++) {
		om_for_each_span(span, t->units[i].post) {
			struct error *err = span->carried && span->verdict == OM_NEW && is_variable(span) ? check(t, span) : NULL;

			if (err)
				return err;
		}
	}
	return NULL;
}
