// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A function that is gone from the source stays in the kernel.  Its callers are replaced, but a thread may be running it, and a timer,
 * a work item or another module may have a pointer to it.  What it calls may be replaced: then the old caller calls the new
 * function, and that must still be called in the same way.
 */
#include "objmanip/gone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/linkage.h"
#include "objmanip/names.h"
#include "objmanip/refusals.h"
#include "objmanip/select.h"

static bool is_gone_function(const struct om_span *pre)
{
	return pre->verdict == OM_GONE && pre->section->class == OM_CLASS_TEXT && pre->symbol && !pre->part_of;
}

static bool is_branch(const struct om_span *from, const struct om_reloc *rel)
{
	return om_is_code(from) && from->obj->arch->reloc_branch(from, rel);
}

/* The function that @rel of @from calls, NULL: none of this target. */
static struct om_span *called(const struct om_target *t, const struct om_span *from, const struct om_reloc *rel)
{
	int64_t off;
	struct om_span *to = is_branch(from, rel) ? om_meant(rel, &off) : NULL;

	return to && to->part_of ? to->part_of : to;
}

static const struct om_span *whole(const struct om_span *span)
{
	return span->part_of ?: span;
}

bool om_calls(const struct om_target *t, const struct om_span *from, const struct om_span *to)
{
	om_for_each_span(part, from->obj) {
		if (whole(part) != from)
			continue;
		om_for_each_reloc(rel, part)
			if (called(t, part, rel) == to)
				return true;
	}
	return false;
}

static bool has_pointer_to(const struct om_obj *obj, const struct om_span *to)
{
	om_for_each_span(from, obj) {
		om_for_each_reloc(rel, from) {
			int64_t off;

			if (from != to && om_meant(rel, &off) == to && !is_branch(from, rel))
				return true;
		}
	}
	return false;
}

/* Marks what a pointer leads to, exports included, and what that calls. */
static void mark(const struct om_target *t)
{
	bool again;

	for (size_t i = 0; i < t->nr_units; i++)
		om_for_each_span(pre, t->units[i].pre)
			for (size_t k = 0; k < t->nr_units && is_gone_function(pre); k++)
				pre->lingers |= has_pointer_to(t->units[k].pre, pre);
	do {
		again = false;
		for (size_t i = 0; i < t->nr_units; i++) {
			om_for_each_span(from, t->units[i].pre) {
				om_for_each_reloc(rel, from) {
					struct om_span *to = whole(from)->lingers ? called(t, from, rel) : NULL;

					if (!to || to->lingers || !is_gone_function(to))
						continue;
					to->lingers = again = true;
				}
			}
		}
	} while (again);
}

static struct error *add(struct om_gone_call **list, size_t *nr, const struct om_span *from, const struct om_span *to)
{
	struct om_gone_call *grown;

	for (size_t i = 0; i < *nr; i++)
		if ((*list)[i].from == from && (*list)[i].to == to)
			return NULL;
	grown = reallocarray(*list, *nr + 1, sizeof(*grown));
	if (!grown)
		return error_errno(ENOMEM, "%s", from->obj->path);
	*list = grown;
	grown[(*nr)++] = (struct om_gone_call){ .from = from, .to = to };
	return NULL;
}

struct error *om_gone_calls(const struct om_target *t, struct om_gone_call **ret, size_t *nr)
{
	struct error *err = NULL;

	*ret = NULL;
	*nr = 0;
	mark(t);
	for (size_t i = 0; i < t->nr_units; i++) {
		om_for_each_span(from, t->units[i].pre) {
			om_for_each_reloc(rel, from) {
				const struct om_span *to = whole(from)->lingers && !err ? called(t, from, rel) : NULL;

				if (to && to->twin && om_replaced(to->twin))
					err = add(ret, nr, whole(from), to);
			}
		}
	}
	return err;
}

/*
 * gcc knows of a static function which registers it leaves alone, and its callers keep values there (-fipa-ra); not with -pg, which
 * makes ftrace entries.
 */
static bool may_know_registers(const struct om_gone_call *call)
{
	return call->to->symbol->bind == STB_LOCAL && call->from->obj->arch->ftrace_offset(call->from) < 0;
}

static bool is_clone(const struct om_span *span)
{
	return span->name[om_name_root_len(span->name)];
}

static struct error *refuse(struct om_target *t, const struct om_gone_call *call)
{
	return om_refuse_one(t, om_where_span(call->from), "leave the function in the source, so that it is replaced with what it calls",
			     "removed, but may still be called through a pointer, and calls %s, which changed: %s is up to "
			     "the compiler, and may be others now", call->to->name,
			     is_clone(call->to) ? "what arguments that takes" : "which registers that uses");
}

struct error *om_gone_refuse(struct om_target *t)
{
	struct om_gone_call *list;
	size_t nr;
	struct error *err = om_gone_calls(t, &list, &nr);

	for (size_t i = 0; i < nr && !err; i++)
		if (is_clone(list[i].to) || may_know_registers(&list[i]))
			err = refuse(t, &list[i]);
	free(list);
	return err;
}
