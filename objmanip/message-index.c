// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the function to which an entry of the index of messages belongs. */
#include "objmanip/message-index.h"

#include <string.h>

#include "objmanip/names.h"
#include "objmanip/sections.h"

/* struct pi_entry, include/linux/printk.h (5.15 to 6.12): where it has its format and its function's name. */
enum { FMT = 0, FUNC = 8 };

static bool is_index(const struct om_span *span)
{
	return span->section->class == OM_CLASS_OTHER && om_section_fate(span->section) == OM_FATE_INDEX;
}

/* Most kernels have none, and then nothing has to be looked for. */
static bool has_index(const struct om_obj *obj)
{
	om_for_each_section(sec, obj)
		if (sec->class == OM_CLASS_OTHER && om_section_fate(sec) == OM_FATE_INDEX)
			return true;
	return false;
}

bool om_indexed_message(const struct om_span *span)
{
	bool indexed = false;

	if (span->section->class != OM_CLASS_RODATA || !has_index(span->obj))
		return false;
	om_for_each_span(from, span->obj) {
		om_for_each_reloc(rel, from) {
			if (rel->target != span)
				continue;
			if (!is_index(from))
				return false;
			indexed = true;
		}
	}
	return indexed;
}

bool om_in_index(const struct om_span *span)
{
	return is_index(span) || om_indexed_message(span);
}

/* The string to which the field at @off of @message points, or NULL; its span in *@ret. */
static const char *string_at(const struct om_span *message, uint64_t off, struct om_span **ret)
{
	const struct om_reloc *rel = om_reloc_at((struct om_span *)message, off);
	struct om_span *to = rel ? rel->target : NULL;
	uint64_t at = to ? rel->target_off : 0;

	/* __func__ may be an object of its own. */
	if (!to || !om_by_content(to) || !om_bytes(to) || at >= to->size || !memchr(om_bytes(to) + at, 0, to->size - at))
		return NULL;
	*ret = to;
	return om_string(to) + at;
}

static bool is_function(const struct om_span *span)
{
	return span->symbol && span->section->class == OM_CLASS_TEXT;
}

/* By which function @func it stands in is in the source: foo, or one of its parts and clones.  *@there: there is such a one. */
static bool function_carried(const struct om_obj *obj, const char *func, bool *there)
{
	*there = false;
	om_for_each_span(span, obj) {
		if (!is_function(span) || om_name_root_len(span->name) != strlen(func) || strncmp(span->name, func, strlen(func)))
			continue;
		*there = true;
		if (span->carried)
			return true;
	}
	return false;
}

static bool used_by_carried(const struct om_span *string)
{
	om_for_each_span(span, string->obj) {
		if (!span->carried || span->section->class != OM_CLASS_TEXT)
			continue;
		om_for_each_reloc(rel, span)
			if (rel->target == string)
				return true;
	}
	return false;
}

bool om_message_carried(const struct om_span *entry)
{
	const struct om_span *message = is_index(entry) && entry->nr_relocs == 1 ? entry->relocs->target : NULL;
	struct om_span *fmt, *string;
	const char *func = message ? string_at(message, FUNC, &string) : NULL;
	bool there;

	if (!func || !string_at(message, FMT, &fmt))
		return false;
	if (function_carried(message->obj, func, &there))
		return true;
	/* Inlined into its callers: they have the format. */
	return !there && used_by_carried(fmt);
}
