// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes the match data of a target: what must be found in the running kernel, and what is published from it. */
#include "objmanip/objmanip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/author.h"
#include "objmanip/gone.h"
#include "objmanip/hook.h"
#include "objmanip/kept.h"
#include "objmanip/match-carried.h"
#include "objmanip/match-program.h"
#include "objmanip/match-table.h"
#include "objmanip/select.h"
#include "objmanip/symbols.h"

struct writer {
	struct om_target *t;
	struct om_match_table mt;
	struct om_buf spans;	/* struct runpre_span each */
	struct om_buf progs;
	struct om_span **source;	/* the pre span of each */
	uint32_t nr_spans;
	uint32_t max_labels, max_run, max_binds;
};

static struct error *no_memory(const struct writer *w)
{
	return error_errno(ENOMEM, "match data of %s", w->t->name);
}

static bool is_in_place(const struct om_span *pre)
{
	return pre->twin && om_in_place(pre->twin);
}

static bool is_replaced(const struct om_span *pre)
{
	return pre->twin && om_replaced(pre->twin);
}

static uint16_t flags_of(const struct om_span *span)
{
	uint16_t flags = 0;

	/* Code without a name is found by reference, too; see link_ends(). */
	if (span->section->class != OM_CLASS_TEXT || !span->symbol)
		return RUNPRE_SPAN_DATA | (is_in_place(span) ? RUNPRE_SPAN_REPLACE | RUNPRE_SPAN_REQUIRED : 0);
	/* A weak function may be overridden by another unit, and then its code is unreachable, without a name. */
	if (span->symbol->bind != STB_WEAK)
		flags |= RUNPRE_SPAN_REQUIRED;
	if (is_replaced(span))
		flags |= RUNPRE_SPAN_REPLACE | RUNPRE_SPAN_REQUIRED;
	return flags;
}

/* @span: of pre; of the renumbered object, where @flags say so. */
static struct error *add_span(struct writer *w, struct om_span *span, uint32_t sym, uint16_t flags, struct om_ops *ops, uint32_t nr_labels)
{
	bool replaced = flags & RUNPRE_SPAN_CARRIED ? is_replaced(span->stands_for) :
						      flags & RUNPRE_SPAN_REPLACE && !(flags & RUNPRE_SPAN_DATA);
	struct runpre_span rec = {
		.sym = sym,
		.unit = om_match_string(&w->mt, span->obj->unit),
		.prog = w->progs.len,
		.prog_len = ops->code.len,
		.pre_size = span->size,
		.max_run = ops->max_run,
		.nr_labels = nr_labels,
		.flags = flags,
	};
	struct om_span **grown;

	if (replaced) {
		struct om_no_hook why;
		struct om_hook hook;

		/* What has no place for it is refused before. */
		om_hook_place(span, &hook, &why);
		rec.hook_off = hook.off;
		rec.hook_len = hook.len;
		rec.flags |= hook.ftrace ? RUNPRE_SPAN_FTRACE : 0;
	}
	grown = realloc(w->source, (w->nr_spans + 1) * sizeof(*grown));
	if (!grown)
		return no_memory(w);
	w->source = grown;
	w->source[w->nr_spans++] = span;
	om_buf_add(&w->spans, &rec, sizeof(rec));
	om_buf_add(&w->progs, ops->code.data, ops->code.len);
	w->max_labels = nr_labels > w->max_labels ? nr_labels : w->max_labels;
	w->max_run = ops->max_run > w->max_run ? ops->max_run : w->max_run;
	w->max_binds = ops->nr_binds > w->max_binds ? ops->nr_binds : w->max_binds;
	return NULL;
}

static struct error *add_code(struct writer *w, struct om_span *span)
{
	/* Where the test's jumps lead in a function is its own affair: the assembler may have given what is before it other lengths. */
	struct om_program p = { .mt = &w->mt, .span = span, .head = om_match_is_test(span) };
	struct error *err = om_program_compile(&p);

	err = err ?: add_span(w, span, om_match_span(&w->mt, span), flags_of(span), &p.ops, p.nr_labels);
	om_program_free(&p);
	return err;
}

/* The second program of span @i, if there is one, for where another update's code runs. */
static struct error *add_carried(struct writer *w, uint32_t i)
{
	const struct om_span *pre = w->source[i];
	struct om_program p;
	bool found;
	struct error *err = om_match_carried(&w->mt, pre, &p, &found);

	if (!err && found) {
		((struct runpre_span *)(void *)w->spans.data)[i].carried = w->nr_spans;
		err = add_span(w, p.span, om_match_span(&w->mt, p.span->stands_for), RUNPRE_SPAN_CARRIED, &p.ops, p.nr_labels);
	}
	om_program_free(&p);
	return err;
}

static struct error *add_carried_of(struct writer *w, const struct om_unit *unit, uint32_t first)
{
	uint32_t end = w->nr_spans;
	struct error *err = NULL;

	for (uint32_t i = first; i < end && !err && om_match_carried_of(w->t, unit); i++)
		if (w->source[i]->section->class == OM_CLASS_TEXT)
			err = add_carried(w, i);
	return err;
}

static void data_bytes(struct om_ops *ops, const struct om_span *span, uint64_t from, uint64_t to)
{
	static const uint8_t zero;

	if (om_bytes(span) && to > from)
		om_ops_lit(ops, om_bytes(span) + from, to - from);
	for (; !om_bytes(span) && from < to; from++)
		om_ops_lit(ops, &zero, 1);
}

/* Data is matched byte by byte. Strings and constants refer to nothing. */
static struct error *add_data(struct writer *w, struct om_span *span, uint32_t sym, uint16_t flags)
{
	const struct om_arch *arch = span->obj->arch;
	struct om_ops ops = { 0 };
	struct error *err;
	uint64_t pos = 0;

	om_for_each_reloc(rel, span) {
		uint64_t at = rel->offset - span->start;

		data_bytes(&ops, span, pos, at);
		om_ops_reloc(&ops, arch->reloc_runpre(rel->type), om_match_reloc(&w->mt, rel), rel->target_off);
		pos = at + arch->reloc_size(rel->type);
	}
	data_bytes(&ops, span, pos, span->size);
	om_ops_flush(&ops);
	om_buf_u8(&ops.code, RUNPRE_OP_END);
	err = ops.code.failed ? no_memory(w) : add_span(w, span, sym, flags, &ops, 0);
	om_ops_free(&ops);
	return err;
}

static struct error *add_unit(struct writer *w, const struct om_unit *unit)
{
	uint32_t first = w->nr_spans;

	om_for_each_span(span, unit->pre) {
		struct error *err = om_is_matched(span) ? add_code(w, span) :
				    is_in_place(span)   ? add_data(w, span, om_match_span(&w->mt, span), flags_of(span)) : NULL;

		if (err)
			return err;
	}
	return add_carried_of(w, unit, first);
}

static bool is_global(const struct om_span *span)
{
	return span->symbol && span->symbol->bind != STB_LOCAL;
}

/* Units from which nothing is carried are no part of the update, but for extra ones; without any, all are matched (to look at, to test). */
static bool is_wanted(const struct om_target *t, const struct om_unit *unit)
{
	if (!om_target_has_effect(t) && !t->nr_new)
		return true;
	if (unit->extra)
		return true;
	om_for_each_span(span, unit->post)
		if (span->carried || om_in_place(span))
			return true;
	/* What is carried may have been here before the diff. */
	om_for_each_span(span, unit->pre)
		if (span->twin && (span->twin->carried || om_in_place(span->twin)))
			return true;
	/* What is static is found by the code that refers to it. */
	for (size_t i = 0; i < t->nr_imports; i++)
		if (t->imports[i].pre && t->imports[i].pre->obj == unit->pre && !is_global(t->imports[i].pre))
			return true;
	return false;
}

static bool is_second(const struct writer *w, uint32_t i)
{
	return ((const struct runpre_span *)(const void *)w->spans.data)[i].flags & RUNPRE_SPAN_CARRIED;
}

/* foo.cold belongs to foo: the stack check treats an address in it as one in foo. */
static void link_parts(struct writer *w)
{
	struct runpre_span *recs = (void *)w->spans.data;

	for (uint32_t i = 0; i < w->nr_spans; i++) {
		for (uint32_t j = 0; w->source[i]->part_of && j < w->nr_spans; j++) {
			if (w->source[j] != w->source[i]->part_of || is_second(w, i))
				continue;
			recs[i].flags |= RUNPRE_SPAN_PART;
			recs[i].part_of = j;
		}
	}
}

/* @span with its own parts. */
static void make_part(struct writer *w, const struct om_span *span, uint32_t of)
{
	struct runpre_span *recs = (void *)w->spans.data;

	for (uint32_t i = 0; i < w->nr_spans; i++) {
		if (w->source[i] != span && w->source[i]->part_of != span)
			continue;
		recs[i].flags |= RUNPRE_SPAN_PART;
		recs[i].part_of = of;
	}
}

/*
 * A removed function that nobody has a pointer to is left when its callers are; but one of these may have ended with a jump to it,
 * and is on no stack then.  When it comes back, it would call the new function in the old way.
 */
static void link_gone_callers(struct writer *w)
{
	for (uint32_t i = 0; i < w->nr_spans; i++) {
		const struct om_span *from = w->source[i];

		/* A weak one that another overrides has run nowhere, and is not to be found. */
		if (is_second(w, i) || from->verdict != OM_GONE || from->lingers || from->overridden || from->section->class != OM_CLASS_TEXT ||
		    !from->symbol || from->part_of)
			continue;
		for (uint32_t j = 0; j < w->nr_spans; j++) {
			if (is_second(w, j) || !is_replaced(w->source[j]) || !om_calls(w->t, from, w->source[j]))
				continue;
			make_part(w, from, j);
			break;
		}
	}
}

static bool refers_to(const struct om_span *from, const struct om_span *to)
{
	om_for_each_reloc(rel, from)
		if (rel->target == to)
			return true;
	return false;
}

/* An end that a replaced function of a .S file shares with others: whoever is in it may be in that function. */
static void link_ends(struct writer *w)
{
	struct runpre_span *recs = (void *)w->spans.data;

	for (uint32_t i = 0; i < w->nr_spans; i++) {
		if (w->source[i]->section->class != OM_CLASS_TEXT || w->source[i]->symbol)
			continue;
		for (uint32_t j = 0; j < w->nr_spans; j++) {
			if (is_second(w, j) || !is_replaced(w->source[j]) || !refers_to(w->source[j], w->source[i]))
				continue;
			recs[i].flags = RUNPRE_SPAN_PART | RUNPRE_SPAN_REQUIRED;
			recs[i].part_of = j;
		}
	}
}

static struct error *add_imports(struct writer *w)
{
	struct om_match_table *mt = &w->mt;

	for (size_t i = 0; i < w->t->nr_imports; i++) {
		const struct om_import *imp = &w->t->imports[i];
		struct om_span *by = imp->neighbour ?: imp->pre;
		uint32_t sym = by ? om_match_span(mt, by) : om_match_extern(mt, imp->name, 0);

		if (mt->failed)
			return no_memory(w);
		if (mt->syms[sym].publish)
			sym = om_match_alias(mt, sym);
		if (mt->failed)
			return no_memory(w);
		mt->syms[sym].publish = om_match_string(mt, imp->publish);
		if (imp->root)
			mt->syms[sym].flags |= RUNPRE_SYM_ROOT;
	}
	return NULL;
}

/*
 * What the kernel asks before it matches.  No object of a compiler gets here and fails; one that somebody damaged may, and it is
 * better to hear of it at the desk.
 */
static struct error *check(const struct writer *w, const struct om_buf *out)
{
	struct runpre_fault fault;

	if (runpre_check(out->data, out->len, &fault) == RUNPRE_OK)
		return NULL;
	return error_new(ERROR_BAD_FILE, "%s: the match data would be malformed (at byte 0x%x of %zu): an object that no compiler makes, or "
			 "a mistake of objmanip's", w->t->name, fault.offset, out->len);
}

/* Header, symbols, spans, programs, strings. */
static struct error *assemble(struct writer *w, struct om_buf *out)
{
	struct om_match_table *mt = &w->mt;
	uint32_t id = om_match_string(mt, w->t->id), target = om_match_string(mt, w->t->name);
	struct runpre_header h = {
		.version = RUNPRE_VERSION,
		.arch = w->t->units[0].pre->arch->runpre_arch,
		.id = id,
		.target = target,
		.nr_syms = mt->nr_syms,
		.nr_spans = w->nr_spans,
		.progs_size = w->progs.len,
		.strings_size = mt->strings.len,
		.max_labels = w->max_labels,
		.max_run = w->max_run,
		.max_binds = w->max_binds,
	};

	memcpy(h.magic, RUNPRE_MAGIC, sizeof(h.magic));
	om_buf_add(out, &h, sizeof(h));
	om_buf_align(out, 8);
	h.syms = out->len;
	om_buf_add(out, mt->syms, mt->nr_syms * sizeof(*mt->syms));
	om_buf_align(out, 8);
	h.spans = out->len;
	om_buf_add(out, w->spans.data, w->spans.len);
	h.progs = out->len;
	om_buf_add(out, w->progs.data, w->progs.len);
	h.strings = out->len;
	om_buf_add(out, mt->strings.data, mt->strings.len);
	if (out->failed || mt->failed || mt->strings.failed || w->spans.failed || w->progs.failed)
		return no_memory(w);
	if (out->len > RUNPRE_MAX_SIZE)
		return error_new(ERROR_REFUSED, "%s: the diff reaches so many units that its match data has %zu bytes; "
				 "the kernel takes %u: split the diff", w->t->name, out->len, RUNPRE_MAX_SIZE);
	h.size = out->len;
	memcpy(out->data, &h, sizeof(h));
	return check(w, out);
}

static struct error *write_file(const char *path, const struct om_buf *buf)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return error_errno(errno, "%s", path);
	if (fwrite(buf->data, 1, buf->len, f) != buf->len) {
		int e = errno;

		fclose(f);
		return error_errno(e, "%s", path);
	}
	return fclose(f) ? error_errno(errno, "%s", path) : NULL;
}

struct error *om_target_emit_match(struct om_target *t, const char *path)
{
	struct writer w = { .t = t };
	struct om_buf out = { 0 };
	struct error *err = NULL;

	om_match_table_init(&w.mt);
	for (size_t i = 0; i < t->nr_units && !err; i++)
		if (is_wanted(t, &t->units[i]))
			err = add_unit(&w, &t->units[i]);
	/* What programs refer to is known now; strings refer to nothing. */
	for (size_t i = 0; i < w.mt.nr_data_spans && !err; i++) {
		const struct om_match_data *data = &w.mt.data_spans[i];
		uint16_t flags = data->carried ? RUNPRE_SPAN_DATA : flags_of(data->span);

		err = om_match_is_test(data->span) ? add_code(&w, data->span) : add_data(&w, data->span, data->sym, flags);
	}
	if (!err) {
		link_parts(&w);
		link_ends(&w);
		link_gone_callers(&w);
		err = add_imports(&w);
	}
	err = err ?: assemble(&w, &out);
	err = err ?: write_file(path, &out);
	om_match_table_free(&w.mt);
	om_buf_free(&w.spans);
	om_buf_free(&w.progs);
	om_buf_free(&out);
	free(w.source);
	return err;
}
