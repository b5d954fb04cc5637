// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects and differences in words, for people and as JSON. */
#include "objmanip/show.h"

#include <inttypes.h>
#include <stdio.h>

#include "objmanip/arch.h"
#include "objmanip/author.h"
#include "objmanip/names.h"
#include "objmanip/symbols.h"

static const char *class_name(enum om_class class)
{
	static const char *const names[] = {
		[OM_CLASS_NONE] = "none", [OM_CLASS_TEXT] = "text", [OM_CLASS_INIT] = "init", [OM_CLASS_DATA] = "data",
		[OM_CLASS_PERCPU] = "percpu", [OM_CLASS_RODATA] = "rodata", [OM_CLASS_STRINGS] = "string",
		[OM_CLASS_CONSTS] = "constant", [OM_CLASS_TABLE] = "table", [OM_CLASS_REPLACEMENT] = "replacement",
		[OM_CLASS_EXPORT] = "export", [OM_CLASS_AUTHOR] = "author", [OM_CLASS_OTHER] = "other",
	};

	return names[class];
}

static const char *verdict_name(enum om_verdict verdict)
{
	static const char *const names[] = { [OM_SAME] = "same", [OM_CHANGED] = "changed", [OM_NEW] = "new",
					     [OM_GONE] = "gone" };

	return names[verdict];
}

/* A value that could not be made makes the whole list fail: nothing may be missing without a word. */
static void append(json_t **list, json_t *value)
{
	if (!json_array_append_new(*list, value))
		return;
	json_decref(*list);
	*list = NULL;
}

void show_spans(const struct om_obj *obj)
{
	om_for_each_span(s, obj)
		printf("%-11s %6" PRIu64 " %-40s %s+0x%" PRIx64 "\n", class_name(s->section->class), s->size, s->name,
		       s->section->name, s->start);
}

static json_t *span_json(const struct om_span *s)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:s?}", "name", s->name, "class",
			 class_name(s->section->class), "section", s->section->name, "start", (json_int_t)s->start, "size",
			 (json_int_t)s->size, "relocations", (json_int_t)s->nr_relocs, "instructions",
			 (json_int_t)s->nr_insns, "entries", (json_int_t)s->nr_entries, "part_of",
			 s->part_of ? s->part_of->name : NULL);
}

json_t *show_spans_json(const struct om_obj *obj)
{
	json_t *list = json_array();

	om_for_each_span(s, obj)
		append(&list, span_json(s));
	return json_pack("{s:s, s:s, s:o}", "unit", obj->unit, "arch", obj->arch->name, "spans", list);
}

/* Strings and constants come and go with the functions that use them. */
static bool is_shown(const struct om_span *s, bool all)
{
	return all || (s->verdict != OM_SAME && !om_by_content(s) && s->section->class != OM_CLASS_EXPORT);
}

static void show_unit(const struct om_unit *u, bool all)
{
	om_for_each_span(s, u->post)
		if (is_shown(s, all))
			printf("%s: %-7s %s%s%s%s\n", u->post->unit, verdict_name(s->verdict), s->name,
			       s->carried ? " (carried)" : "", s->reason ? ": " : "", s->reason ?: "");
	om_for_each_span(s, u->pre)
		if (s->verdict == OM_GONE && is_shown(s, all))
			printf("%s: %-7s %s\n", u->pre->unit, verdict_name(s->verdict), s->name);
}

void show_diff(const struct om_target *t, bool all)
{
	for (size_t i = 0; i < t->nr_units; i++)
		show_unit(&t->units[i], all);
	for (size_t i = 0; i < t->nr_imports && all; i++)
		printf("import  %s%s%s%s\n", t->imports[i].publish, t->imports[i].root ? " (pointer)" : "",
		       t->imports[i].hooked ? " (hooked)" : "", t->imports[i].percpu ? " (per-CPU)" : "");
	for (size_t i = 0; i < t->nr_author_hooks; i++)
		printf("hook    %s: %s: %s\n", t->author_hooks[i].record->obj->unit, om_phase_name(t->author_hooks[i].phase),
		       t->author_hooks[i].fn ? t->author_hooks[i].fn->name : "-");
	for (size_t i = 0; i < t->nr_refusals; i++)
		printf("refused %s: %s\n        %s\n", t->refusals[i].where, t->refusals[i].reason, t->refusals[i].advice);
	for (size_t i = 0; i < t->nr_notes; i++)
		printf("note    %s\n", t->notes[i]);
	printf("%zu changed, %zu new, %zu refused\n", t->nr_changed, t->nr_new, t->nr_refusals);
}

static json_t *verdict_json(const struct om_span *s)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s?, s:b}", "unit", s->obj->unit, "name", s->name, "class",
			 class_name(s->section->class), "verdict", verdict_name(s->verdict), "reason", s->reason, "carried",
			 s->carried);
}

static json_t *verdicts_json(const struct om_target *t, bool all)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->nr_units; i++) {
		om_for_each_span(s, t->units[i].post)
			if (is_shown(s, all))
				append(&list, verdict_json(s));
		om_for_each_span(s, t->units[i].pre)
			if (s->verdict == OM_GONE && is_shown(s, all))
				append(&list, verdict_json(s));
	}
	return list;
}

static json_t *imports_json(const struct om_target *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->nr_imports; i++) {
		const struct om_import *im = &t->imports[i];

		append(&list, json_pack("{s:s, s:s, s:b, s:b, s:b}", "publish", im->publish, "name", im->name, "pointer",
					im->root, "hooked", im->hooked, "percpu", im->percpu));
	}
	return list;
}

static json_t *refusals_json(const struct om_target *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->nr_refusals; i++)
		append(&list, json_pack("{s:s, s:s, s:s}", "where", t->refusals[i].where, "reason", t->refusals[i].reason,
					"advice", t->refusals[i].advice));
	return list;
}

static json_t *notes_json(const struct om_target *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->nr_notes; i++)
		append(&list, json_string(t->notes[i]));
	return list;
}

json_t *show_diff_json(const struct om_target *t, bool all)
{
	return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o}", "changed", (json_int_t)t->nr_changed, "new", (json_int_t)t->nr_new,
			 "spans", verdicts_json(t, all), "imports", imports_json(t), "refusals", refusals_json(t), "notes",
			 notes_json(t));
}
