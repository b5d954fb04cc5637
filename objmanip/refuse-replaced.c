// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions that cannot be replaced: no place for a hook, or marks that only the linked kernel acts upon. */
#include "objmanip/refuse-parts.h"

#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/hook.h"
#include "objmanip/refuse-names.h"
#include "objmanip/sections.h"
#include "objmanip/special.h"

static struct error *check_hook(struct om_target *t, const struct om_span *pre)
{
	struct om_no_hook why;
	struct om_hook hook;

	if (om_hook_place(pre, &hook, &why))
		return NULL;
	if (!why.what)
		return om_refuse_one(t, om_where_span(pre), "change its callers instead", "has %llu bytes: no room for the %u of a hook",
				     (unsigned long long)pre->size, pre->obj->arch->hook_len);
	return om_refuse_one(t, om_where_off(pre, why.entry->code_off), "change its callers instead",
			     "the hook would lie over %s, which the kernel itself rewrites, and the function has no ftrace entry",
			     why.what);
}

static bool has_entry(const struct om_span *span, enum om_table_kind kind, const char *section)
{
	for (size_t i = 0; i < span->nr_entries; i++)
		if (span->entries[i].table->kind == kind && (!section || !strcmp(span->entries[i].section->name, section)))
			return true;
	return false;
}

/* NOKPROBE_SYMBOL(), __kprobes, noinstr */
static bool is_free_of_probes(const struct om_span *span)
{
	return has_entry(span, OM_TABLE_NOTED, "_kprobe_blacklist") || om_section_free_of_probes(span->section);
}

/* Tracers and probes go to the kernel's function, replaced or not. */
struct error *om_refuse_marks(struct om_target *t, const struct om_span *post)
{
	static const char advice[] = "leave the mark out; if it is what the diff is for, that needs a reboot";
	struct error *err = NULL;

	if (!post->twin || post->section->class != OM_CLASS_TEXT || post->part_of || !post->symbol)
		return NULL;
	if (has_entry(post->twin, OM_TABLE_MCOUNT, NULL) && !has_entry(post, OM_TABLE_MCOUNT, NULL))
		err = om_refuse_one(t, om_where_span(post), advice, "becomes notrace or noinstr: "
				    "the function that the kernel has keeps its ftrace entry, where tracers are called");
	if (!err && is_free_of_probes(post) && !is_free_of_probes(post->twin))
		err = om_refuse_one(t, om_where_span(post), advice, "is marked as one that no probe may enter (NOKPROBE_SYMBOL(), noinstr): "
				    "the kernel goes on taking probes on the function that it has");
	return err;
}

struct error *om_refuse_replaced(struct om_target *t, const struct om_span *post)
{
	const char *why = om_refused_by_name(post->twin) ?: om_refused_by_section(post->twin);
	struct error *err = NULL;

	if (why)
		err = om_refuse_one(t, om_where_span(post), "this function needs a reboot to be changed", "%s", why);
	err = err ?: om_refuse_second_entry(t, post->twin);
	return err ?: check_hook(t, post->twin);
}
