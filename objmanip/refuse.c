// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What cannot be spliced, and what the author of the diff can do about it.  Every reason is listed, not only the first.
 * refuse-names.c has the functions that are refused by name.
 */
#include "objmanip/refuse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/author.h"
#include "objmanip/hook.h"
#include "objmanip/islands.h"
#include "objmanip/linkage.h"
#include "objmanip/message-index.h"
#include "objmanip/names.h"
#include "objmanip/neighbours.h"
#include "objmanip/refs.h"
#include "objmanip/refusals.h"
#include "objmanip/refuse-names.h"
#include "objmanip/sections.h"
#include "objmanip/select.h"
#include "objmanip/special.h"
#include "objmanip/static-keys.h"

static struct error *no_memory(const struct om_target *t)
{
	return error_errno(ENOMEM, "%s", t->name);
}

#define DECLARE "say in the source what is to become of it, with ksplice_data_in_place(), ksplice_data_new() or " \
		"ksplice_data_ignore() of ksplice-patch.h; docs/authoring.md tells which"
#define DECLARE_INIT "make the change where it acts on the running system, or in a hook, and say that this part does not " \
		     "matter: ksplice_init_ignore() of ksplice-patch.h, docs/authoring.md"

const char *om_held_function(const struct om_span *table)
{
	om_for_each_reloc(rel, table) {
		int64_t off;
		const struct om_span *to = om_meant(rel, &off);

		if (to && (off || to->part_of))
			continue;
		if (to ? to->section->flags & SHF_EXECINSTR : om_is_undefined(rel->sym))
			return to ? to->name : rel->sym->name;
	}
	return NULL;
}

/*
 * A function that compares an address with the constant's, and has not got that address from the constant itself, as a loop over a
 * table has: if (device->info == &newer_info).
 */
static const struct om_span *compared_by(const struct om_span *constant)
{
	om_for_each_span(from, constant->obj) {
		bool compares = false, takes = false;

		if (!from->carried || from->section->class != OM_CLASS_TEXT)
			continue;
		om_for_each_reloc(rel, from) {
			const struct om_insn *insn = rel->target == constant ? om_insn_at(from, rel->offset - from->start) : NULL;

			if (!insn || om_reloc_upper(from->obj->arch, rel->type))
				continue;
			if (!from->obj->arch->compares(from, insn, rel))
				takes |= !om_reloc_accesses(from, insn, rel);
			else if (rel->target_off >= 0 && (uint64_t)rel->target_off < constant->size)
				compares = true;
		}
		if (compares && !takes)
			return from;
	}
	return NULL;
}

/*
 * Who uses a constant by name is replaced and gets the new one.  But tables of functions are made for objects to point to
 * (file->f_op): objects that exist keep the old one, and those made from now on keep the new one, in the code module,
 * when the update is undone.
 */
static struct error *refuse_constant(struct om_target *t, const struct om_span *span, const char *why)
{
	static const char own[] = "give the functions to be changed a constant of their own; or " DECLARE;
	const char *function = om_held_function(span);
	const struct om_span *user = compared_by(span);

	if (!function && span->twin)
		function = om_held_function(span->twin);
	if (span->symbol && span->symbol->bind != STB_LOCAL)
		return om_refuse_one(t, om_where_span(span), own, "%s: a constant that other units of the kernel see too", why);
	if (!span->carried)
		return om_refuse_one(t, om_where_span(span), own, "%s: no function that can be replaced refers to it", why);
	if (function)
		return om_refuse_one(t, om_where_span(span), "leave the table as it is and change the functions that it has; or " DECLARE,
				     "%s: a table that has, or may have, functions (%s): "
				     "objects that exist keep the old one, and others the new one after an undo",
				     why, function);
	if (user)
		return om_refuse_one(t, om_where_span(span), own, "%s: %s compares addresses with that of this constant: objects that exist have "
				     "that of the old one", why, user->name);
	return NULL;
}

/* A new or changed entry of a table that is neither about code nor data of the unit's own. */
static struct error *refuse_table(struct om_target *t, const struct om_span *span, const char *why)
{
	const struct om_section *sec = span->section;
	const char *name = sec->name, *what = om_section_what(sec);

	switch (om_section_fate(sec)) {
	case OM_FATE_DEBUG:
	case OM_FATE_INDEX:
	case OM_FATE_INFORMS:
		return NULL;
	case OM_FATE_BOOT:
		return om_refuse_one(t, om_where_span(span), "make the change where it acts on the running system",
				     "%s: the kernel went through this table (%s) at boot (section %s)", why, what, name);
	case OM_FATE_FIXED:
		return om_refuse_one(t, om_where_span(span), "do the work in a function that runs anyway, and leave the table as it is",
				     "%s: a table of the kernel's own (%s) that cannot be changed or grow (section %s)", why, what, name);
	case OM_FATE_BTF:
		return om_refuse_one(t, om_where_span(span), "leave the set as it is",
				     "%s: %s, which the kernel got when it was linked (section %s)", why, what, name);
	case OM_FATE_TRACE:
		return om_refuse_one(t, om_where_span(span), "leave tracepoints and system calls as they are",
				     "%s: a table of %s, which cannot be changed or grow (section %s)", why, what, name);
	case OM_FATE_WITH_DATA:
		if (span->verdict == OM_NEW)
			return NULL;
		return om_refuse_one(t, om_where_span(span), "leave the entry as it is", "%s: existing entry of a table of %s (section %s)", why, what, name);
	default:
		return om_refuse_one(t, om_where_span(span), "leave this part of the change out",
				     "%s: section %s, whose meaning is not known here", why, name);
	}
}

static struct error *refuse_init(struct om_target *t, const struct om_span *span, const char *why)
{
	struct error *err;

	/* The kernel has dropped it, and would never have run it; or it is the compiler's, and tells a sanitizer what is there. */
	if (om_section_exit(span->section) || om_section_fate(span->section) == OM_FATE_INFORMS)
		return NULL;
	err = om_refuse_one(t, om_where_span(span), DECLARE_INIT,
			    "%s: the kernel ran this at boot or when the module was loaded, and does not again (section %s)", why,
			    span->section->name);
	if (!err)
		t->refusals[t->nr_refusals - 1].settled = true;
	return err;
}

static struct error *refuse_changed(struct om_target *t, const struct om_span *span)
{
	const char *why = span->reason ?: "changed";

	if (om_in_place(span) || span->declared == OM_IGNORE_INIT)
		return NULL;
	switch (span->section->class) {
	case OM_CLASS_INIT:
		return refuse_init(t, span, why);
	case OM_CLASS_DATA:
		return om_by_content(span) ? NULL : om_refuse_one(t, om_where_span(span), DECLARE,
			      "%s: existing data, which has had other values since it was set up", why);
	case OM_CLASS_PERCPU:
		return om_refuse_one(t, om_where_span(span), DECLARE, "%s: existing per-CPU data", why);
	case OM_CLASS_RODATA:
		return om_by_content(span) || om_indexed_message(span) ? NULL : refuse_constant(t, span, why);
	case OM_CLASS_OTHER:
		return refuse_table(t, span, why);
	default:
		return NULL;
	}
}

/* Initcalls and their like: they would have to run, and nothing will run them. */
static bool wants_to_run_at_boot(const struct om_section *sec)
{
	return sec->class == OM_CLASS_INIT && (strstr(sec->name, "initcall") || !strcmp(sec->name, ".init.setup"));
}

static struct error *refuse_new(struct om_target *t, const struct om_span *span)
{
	if (span->declared == OM_IGNORE_INIT)
		return NULL;
	if (wants_to_run_at_boot(span->section))
		return om_refuse_one(t, om_where_span(span), "do the work in a function that runs anyway, or in a hook: docs/authoring.md",
				     "a new initcall or boot parameter: boot is over (section %s)", span->section->name);
	return span->section->class == OM_CLASS_OTHER ? refuse_table(t, span, "new") : NULL;
}

/*
 * What is gone from the source stays in the kernel, where nobody comes to it any more; but the kernel goes through its tables, and
 * what a set of BTF ids allows is still allowed.
 */
static struct error *refuse_gone(struct om_target *t, const struct om_span *pre)
{
	enum om_fate fate = pre->section->class == OM_CLASS_OTHER ? om_section_fate(pre->section) : OM_FATE_UNKNOWN;

	if (wants_to_run_at_boot(pre->section) || fate == OM_FATE_BOOT)
		return om_target_note(t, "%s: the diff removes %s (section %s): it had its turn at boot, and what it did then stays",
				      pre->obj->unit, pre->name, pre->section->name);
	return fate == OM_FATE_FIXED || fate == OM_FATE_BTF ? refuse_table(t, pre, "removed") : NULL;
}

/* Code counts through lists of BTF ids, and a function may have left one set for another. */
static struct error *check_btf_order(struct om_target *t, const struct om_unit *unit)
{
	om_for_each_section(sec, unit->post) {
		const struct om_section *pre = sec->class == OM_CLASS_OTHER && om_section_fate(sec) == OM_FATE_BTF ?
						       om_find_section(unit->pre, sec->name) : NULL;

		/* Where the numbers differ, something is new or removed. */
		for (size_t i = 0; pre && pre->nr_spans == sec->nr_spans && i < sec->nr_spans; i++)
			if (sec->spans[i]->twin && sec->spans[i]->twin != pre->spans[i])
				return refuse_table(t, sec->spans[i], "at another place");
	}
	return NULL;
}

/* A reference of carried code or data that nothing can meet. */
static struct error *check_reference(struct om_span *from, const struct om_entry *entry, struct om_reloc *rel, void *ctx)
{
	struct om_target *t = ctx;
	const struct om_span *to = rel->target, *neighbour;
	uint64_t off = entry ? entry->code_off : rel->offset - from->start;

	if (!to && rel->sym->section && rel->sym->section->class != OM_CLASS_REPLACEMENT)
		return om_refuse_one(t, om_where_off(from, off), "leave this part of the change out",
				     "refers to section %s, which is not loaded", rel->sym->section->name);
	neighbour = om_doubtful_neighbour(t, from, entry, rel);
	if (neighbour)
		return om_refuse_one(t, om_where_off(from, off), "give a new variable no section (__read_mostly, __ro_after_init); keep the old ones",
				     "cannot tell a place in %s from one behind or before its neighbour %s: section %s is not laid out as it was",
				     to->name, neighbour->name, to->section->name);
	if (!to || to->carried || to->section->class == OM_CLASS_TABLE)
		return NULL;
	if (to->section->class == OM_CLASS_INIT)
		return om_refuse_one(t, om_where_off(from, off), "do not call init code from code that stays",
				     "refers to %s, which the kernel has freed (section %s)", to->name, to->section->name);
	return NULL;
}

static bool has_values(const struct om_span *span)
{
	return span->section->class == OM_CLASS_DATA || span->section->class == OM_CLASS_PERCPU;
}

/* The post span without twin could be one of several static variables of the pre object, or a new one. */
static struct error *check_static(struct om_target *t, struct om_unit *unit, const struct om_span *span)
{
	struct error *err = NULL;
	char *plain;

	if (!span->carried || span->verdict != OM_NEW || span->declared || !has_values(span) || !span->symbol ||
	    om_macro_static(span))
		return NULL;
	plain = om_name_plain(span->name);
	if (!plain)
		return no_memory(t);
	om_for_each_span(pre, unit->pre) {
		char *other = pre->symbol && pre->verdict == OM_GONE && pre->section->class == span->section->class ?
				      om_name_plain(pre->name) : NULL;
		bool same = other && !strcmp(plain, other);

		free(other);
		if (!same)
			continue;
		err = om_refuse_one(t, om_where_span(span), om_name_numbered(span->name) ? "give static variables in functions different names" :
				    "leave the variable in its function; or, if another one is meant, give it another name",
				    "cannot tell whether static variable \"%s\" is the old %s or a new one", plain, pre->name);
		break;
	}
	free(plain);
	return err;
}

static bool is_object(const struct om_span *span)
{
	return (has_values(span) || span->section->class == OM_CLASS_RODATA) && span->symbol && !om_macro_static(span) &&
	       !om_by_content(span);
}

static bool is_init_data(const struct om_span *span)
{
	return span->section->class == OM_CLASS_INIT && !om_is_code(span) && span->symbol && span->symbol->type == STT_OBJECT;
}

const char *om_kind_of(const struct om_span *span)
{
	if (is_init_data(span))
		return "init data, which the kernel has freed,";
	if (span->section->class == OM_CLASS_TEXT)
		return "a function";
	return span->section->class == OM_CLASS_PERCPU ? "per-CPU data" : has_values(span) ? "a variable" : "a constant";
}

/*
 * A variable that becomes a constant has another section, so that it seems to be another object.  But the kernel has it, with a
 * value and an address that others know, even where both are alike: file->f_op == &fops.  What init code left in a variable that is
 * no longer __initdata is lost.
 */
static struct error *check_kind(struct om_target *t, struct om_unit *unit, const struct om_span *span)
{
	struct error *err = NULL;
	char *plain;

	if (span->verdict != OM_NEW || span->declared || !is_object(span))
		return NULL;
	plain = om_name_plain(span->name);
	if (!plain)
		return no_memory(t);
	om_for_each_span(pre, unit->pre) {
		char *other = pre->verdict == OM_GONE && (is_object(pre) || is_init_data(pre)) && pre->section->class != span->section->class ?
				      om_name_plain(pre->name) : NULL;
		bool same = other && !strcmp(plain, other);

		free(other);
		if (!same)
			continue;
		err = om_refuse_one(t, om_where_span(span), "leave const and the section of it as they are; or, where a second object is "
				    "meant, say so with ksplice_data_new() of ksplice-patch.h (docs/authoring.md); ksplice_data_ignore() "
				    "is only for data that keeps its kind", "existing data that changed its kind: %s was %s and is %s now",
				    pre->name, om_kind_of(pre), om_kind_of(span));
		break;
	}
	free(plain);
	return err;
}

/* A diff that takes __ro_after_init away does so because it writes there. */
static struct error *check_read_only(struct om_target *t, const struct om_span *span)
{
	if (!span->twin || span->declared == OM_IGNORE || !om_is_read_only_after_boot(span->twin) || om_is_read_only_after_boot(span))
		return NULL;
	return om_refuse_one(t, om_where_span(span), "keep __ro_after_init and let the new code write to another variable; or, if nothing of the diff "
			     "writes to it, say so with ksplice_data_ignore() of ksplice-patch.h",
			     "no longer __ro_after_init: the kernel's object was made read-only when it had booted");
}

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

static bool has_reloc(const struct om_span *span, const struct om_insn *insn)
{
	om_for_each_reloc(rel, span)
		if (rel->offset - span->start >= insn->off && rel->offset - span->start < (uint64_t)insn->off + insn->len)
			return true;
	return false;
}

#define IN_C "leave it as it is, and change the C functions that call it"

/* A hook is met by who comes in at the entry; assembler code may have others. */
static struct error *check_whole(struct om_target *t, const struct om_span *pre)
{
	if (pre->symbol->type != STT_FUNC)
		return om_refuse_one(t, om_where_span(pre), IN_C, "code that is no function (no SYM_FUNC_START), so nothing is known about "
				     "its stack and who comes here");
	for (size_t i = 1; i < pre->obj->nr_symbols; i++) {
		const struct om_symbol *sym = &pre->obj->symbols[i];

		if (sym->span == pre && sym->span_off && sym->span_off < pre->size && sym->bind != STB_LOCAL)
			return om_refuse_one(t, om_where_span(pre), IN_C, "has a second entry, %s, where no hook would be met", sym->name);
	}
	return NULL;
}

/* The last one that does something; NULL: none does. */
static const struct om_insn *last_insn(const struct om_span *span)
{
	for (size_t i = span->nr_insns; i--;) {
		const struct om_insn *insn = &span->insns[i];

		if (span->obj->arch->filling(om_bytes(span) + insn->off, insn->len) != insn->len)
			return insn;
	}
	return NULL;
}

/* What holds only while the functions of a .S file lie side by side. */
static struct error *check_assembly(struct om_target *t, struct om_span *span)
{
	const struct om_arch *arch = span->obj->arch;
	struct om_islands islands;
	const struct om_insn *last = last_insn(span);
	const char *why;
	uint64_t off;

	if (!om_islands_plan(span, &islands))
		return om_refuse_one(t, om_where_span(span), "put a jump of full length (jmp.d32) where it leaves the function",
				     "its short jumps to other functions of section %s hold only while they lie side by side",
				     span->section->name);
	if (!span->obj->assembly || span->section->class != OM_CLASS_TEXT || !last)
		return NULL;
	why = arch->refused_assembly ? arch->refused_assembly(span, &off) : NULL;
	if (why)
		return om_refuse_one(t, om_where_off(span, off), IN_C, "%s", why);
	if (!arch->ends(om_bytes(span) + last->off, last->len))
		return om_refuse_one(t, om_where_off(span, last->off), "end it with a jump", "runs on into what follows it in section %s",
				     span->section->name);
	for (size_t i = 0; i < span->nr_insns; i++) {
		const struct om_insn *insn = &span->insns[i];

		if (insn->outside && !has_reloc(span, insn))
			return om_refuse_one(t, om_where_off(span, insn->off), "put what it refers to into a section of its own",
					     "refers to a place in section %s, which holds only while they lie side by side",
					     span->section->name);
	}
	return NULL;
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
static struct error *check_marks(struct om_target *t, const struct om_span *post)
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

static struct error *check_replaced(struct om_target *t, const struct om_span *post)
{
	const char *why = om_refused_by_name(post->twin) ?: om_refused_by_section(post->twin);
	struct error *err = NULL;

	if (why)
		err = om_refuse_one(t, om_where_span(post), "this function needs a reboot to be changed", "%s", why);
	err = err ?: check_whole(t, post->twin);
	return err ?: check_hook(t, post->twin);
}

/* A load can be made a read of the variable (runtime-const.h), but there is no shift by a variable of the same length. */
static struct error *check_runtime_shift(struct om_target *t, const struct om_span *span)
{
	for (size_t i = 0; i < span->nr_entries; i++)
		if (span->entries[i].table->kind == OM_TABLE_RUNTIME_SHIFT)
			return om_refuse_one(t, om_where_off(span, span->entries[i].code_off),
					     "make the change in a function without it",
					     "the kernel writes a constant into this code at boot, and would not do so for the new one (section %s)",
					     span->entries[i].section->name);
	return NULL;
}

/* The note on objmanip/static-keys.h tells what would become of it. */
static struct error *check_static_keys(struct om_target *t, const struct om_span *span)
{
	const char *key;
	const struct om_entry *e = om_read_only_key(span, &key);

	if (!e)
		return NULL;
	return om_refuse_one(t, om_where_off(span, e->code_off),
			     "ask static_key_enabled() there, which needs no jump label, instead of static_branch_likely() and its like",
			     "a jump label by %s, which this kernel cannot have in a module: loading it would write into the key, and that was "
			     "made read-only when the kernel had booted", key);
}

static struct error *refuse_post(struct om_target *t, struct om_unit *unit, struct om_span *span)
{
	struct error *err = NULL;

	if (span->verdict == OM_CHANGED)
		err = refuse_changed(t, span);
	else if (span->verdict == OM_NEW)
		err = refuse_new(t, span);
	err = err ?: check_static(t, unit, span);
	err = err ?: check_kind(t, unit, span);
	err = err ?: check_read_only(t, span);
	err = err ?: check_marks(t, span);
	if (!err && om_replaced(span))
		err = check_replaced(t, span);
	if (!err && span->carried)
		err = check_runtime_shift(t, span) ?: check_static_keys(t, span);
	if (!err && span->carried)
		err = check_assembly(t, span);
	if (!err && (span->carried || om_in_place(span)))
		err = om_walk_relocs(span, check_reference, t);
	return err;
}

static struct error *refuse_unit(struct om_target *t, struct om_unit *unit)
{
	struct error *err;

	om_for_each_span(span, unit->post) {
		err = refuse_post(t, unit, span);
		if (err)
			return err;
	}
	om_for_each_span(span, unit->pre) {
		err = span->verdict == OM_GONE ? refuse_gone(t, span) : NULL;
		if (err)
			return err;
	}
	return check_btf_order(t, unit);
}

struct error *om_refuse(struct om_target *t)
{
	struct error *err = NULL;

	for (size_t i = 0; i < t->nr_units && !err; i++)
		err = refuse_unit(t, &t->units[i]);
	return err;
}
