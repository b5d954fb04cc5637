// SPDX-License-Identifier: GPL-2.0-or-later
/* Compares post with the unpatched source that has the line numbers of the patched one. */
#include "objmanip/renumbered.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/author.h"
#include "objmanip/compare.h"
#include "objmanip/correlate.h"
#include "objmanip/names.h"

/* __initcall__kmod_proc__228_23_proc_cmdline_init5 has its line number, 23, in its name (include/linux/init.h). */
static struct error *same_but_numbers(const char *a, const char *b, bool *ret)
{
	char *x, *y;

	*ret = !strcmp(a, b);
	if (*ret || !om_name_numbered(a) || !om_name_numbered(b))
		return NULL;
	x = om_name_plain(a);
	y = om_name_plain(b);
	*ret = x && y && !strcmp(x, y);
	free(x);
	free(y);
	return x && y ? NULL : error_errno(ENOMEM, "%s", a);
}

/*
 * Variables keep their values by this, so it is exact: the 2 of counter.2 is counted by the compiler and has nothing to do
 * with lines.  Of all else a number may have a digit more, or need a longer instruction.
 */
static bool is_variable(const struct om_span *span)
{
	return span->section->class == OM_CLASS_DATA || span->section->class == OM_CLASS_PERCPU;
}

static struct error *same_span(const struct om_span *a, const struct om_span *b, bool *ret)
{
	*ret = a->section->class == b->section->class && !a->symbol == !b->symbol &&
	       (!a->symbol || (a->symbol->bind == b->symbol->bind && a->symbol->type == b->symbol->type));
	if (*ret && is_variable(a))
		*ret = a->size == b->size && !strcmp(a->name, b->name) && !strcmp(a->section->name, b->section->name);
	else if (*ret && a->symbol)
		return same_but_numbers(a->name, b->name, ret);
	return NULL;
}

struct error *om_same_shape(const struct om_unit *unit, bool *ret)
{
	const struct om_obj *a = unit->pre, *b = unit->renumbered;
	struct error *err = NULL;

	*ret = a->nr_spans == b->nr_spans;
	for (size_t i = 0; i < a->nr_spans && *ret && !err; i++)
		err = same_span(a->spans[i], b->spans[i], ret);
	return err;
}

void om_renumbered_settle(struct om_unit *unit)
{
	for (size_t i = 0; unit->renumbered && i < unit->pre->nr_spans; i++) {
		struct om_span *pre = unit->pre->spans[i], *span = unit->renumbered->spans[i];

		pre->verdict = span->verdict;
		pre->twin = span->twin;
		if (pre->twin)
			pre->twin->twin = pre;
	}
}

/* A line number is a constant: another one may need a longer instruction, but not more of them. */
static bool may_be_lines(const struct om_span *post)
{
	if (post->verdict != OM_CHANGED)
		return false;
	return !om_is_code(post) || post->nr_insns == post->twin->nr_insns;
}

static struct error *compare_plainly(struct om_unit *unit, bool *ret)
{
	struct error *err = om_correlate(unit);

	*ret = false;
	if (err)
		return err;
	om_declarations_read(unit);
	om_compare_begin(unit);
	err = om_compare(unit);
	if (err)
		return err;
	om_for_each_span(span, unit->post)
		*ret |= may_be_lines(span);
	return NULL;
}

struct error *om_lines_may_matter(const char *pre_path, const char *post_path, bool module, const struct om_layout *layout,
				  bool *ret)
{
	struct om_unit unit = { 0 };
	struct error *err;

	err = om_obj_open(pre_path, pre_path, module, layout, &unit.pre) ?:
	      om_obj_open(post_path, post_path, module, layout, &unit.post);
	err = err ?: compare_plainly(&unit, ret);
	om_obj_close(unit.pre);
	om_obj_close(unit.post);
	return err;
}
