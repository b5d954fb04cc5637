// SPDX-License-Identifier: GPL-2.0-or-later
/* Compares post with the unpatched source that has the line numbers of the patched one. */
#include "objmanip/renumbered.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/author.h"
#include "objmanip/compare.h"
#include "objmanip/correlate.h"
#include "objmanip/names.h"
#include "objmanip/stand-in.h"

/* The same but for numbers at the same places: with another line number, these have others. */
static bool same_but_digits(const char *a, const char *b)
{
	static const char digits[] = "0123456789";

	while (*a) {
		size_t m = strspn(a, digits), n = strspn(b, digits);

		if (!m != !n || (!m && *a != *b))
			return false;
		a += m ?: 1;
		b += n ?: 1;
	}
	return !*b;
}

/*
 * A line number may be in the middle of a name: __initcall__kmod_proc__228_23_proc_cmdline_init5 (include/linux/init.h) has 23; or at the
 * end of a static table's, as of _object_methods_UVERBS_OBJECT_CQ1455 (include/rdma/uverbs_named_ioctl.h).
 */
static bool may_have_line(const struct om_span *span)
{
	return om_name_numbered(span->name) || (span->section->class == OM_CLASS_RODATA && span->symbol->bind == STB_LOCAL);
}

static bool same_but_line(const struct om_span *a, const struct om_span *b)
{
	return !strcmp(a->name, b->name) || (may_have_line(a) && may_have_line(b) && same_but_digits(a->name, b->name));
}

/*
 * Variables keep their values by this, so it is exact: the 2 of counter.2 is counted by the compiler and has nothing to do
 * with lines.  Of all else a number may have a digit more, or need a longer instruction.
 */
static bool is_variable(const struct om_span *span)
{
	return span->section->class == OM_CLASS_DATA || span->section->class == OM_CLASS_PERCPU;
}

static bool same_span(const struct om_span *a, const struct om_span *b)
{
	if (a->section->class != b->section->class || !a->symbol != !b->symbol)
		return false;
	if (a->symbol && (a->symbol->bind != b->symbol->bind || a->symbol->type != b->symbol->type))
		return false;
	if (is_variable(a))
		return a->size == b->size && !strcmp(a->name, b->name) && !strcmp(a->section->name, b->section->name);
	return !a->symbol || same_but_line(a, b);
}

static bool same_shape(const struct om_obj *a, const struct om_obj *b)
{
	if (a->nr_spans != b->nr_spans)
		return false;
	for (size_t i = 0; i < a->nr_spans; i++)
		if (!same_span(a->spans[i], b->spans[i]))
			return false;
	return true;
}

struct error *om_renumbered_pair(struct om_unit *unit, bool *usable)
{
	*usable = true;
	if (unit->pre->arch->carried_cflags)
		return om_stand_in_pair(unit);
	*usable = same_shape(unit->pre, unit->renumbered);
	for (size_t i = 0; *usable && i < unit->pre->nr_spans; i++)
		unit->renumbered->spans[i]->stands_for = unit->pre->spans[i];
	return NULL;
}

void om_renumbered_settle(struct om_unit *unit)
{
	if (!unit->renumbered)
		return;
	om_for_each_span(span, unit->renumbered) {
		struct om_span *pre = span->stands_for;

		if (!pre)
			continue;
		pre->stand_in = span;
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
