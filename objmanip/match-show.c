// SPDX-License-Identifier: GPL-2.0-or-later
/* Match programs in words, for people and as JSON. */
#include "objmanip/match-show.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "kmodsrc/runpre/prog.h"

const char *om_match_cc_name(unsigned cc)
{
	static const char *const names[RUNPRE_CC_MAX] = {
		"jo", "jno", "jb",  "jae", "je", "jne", "jbe", "ja",     "js",    "jns",  "jp",
		"jnp", "jl", "jge", "jle", "jg", "jmp", "loopne", "loope", "loop", "jrcxz",
	};

	return cc < RUNPRE_CC_MAX ? names[cc] : "unknown";
}

static const char *reloc_name(unsigned type)
{
	static const char *const names[RUNPRE_REL_MAX] = { "abs64", "abs32", "abs32s", "pc32", "pc64" };

	return type < RUNPRE_REL_MAX ? names[type] : "unknown";
}

/* "seq_puts", "sym#12" for one without a name, "*(pv_ops+0x40)" for a word in memory. */
static const char *symbol_text(const struct runpre_header *h, uint32_t sym, char *buf, size_t size)
{
	const struct runpre_sym *s = &runpre_syms(h)[sym];
	char base[200];

	if (s->kind == RUNPRE_SYM_POINTEE)
		snprintf(buf, size, "*(%s%+lld)", symbol_text(h, s->base, base, sizeof(base)), s->offset);
	else if (s->name)
		snprintf(buf, size, "%s", runpre_string(h, s->name));
	else
		snprintf(buf, size, "sym#%u", sym);
	return buf;
}

/* As text */

static void show_bytes(FILE *out, const uint8_t *bytes, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		fprintf(out, " %02x", bytes[i]);
}

static const char *low_name(uint8_t type)
{
	static const char *const names[RUNPRE_LOW_MAX] = {
		[RUNPRE_LOW_PC] = "pc", [RUNPRE_LOW_TOC] = "toc", [RUNPRE_LOW_PTR] = "ptr",
	};

	return names[type & ~RUNPRE_LOW_DS];
}

static const char *stub_name(uint8_t type)
{
	static const char *const names[RUNPRE_STUB_MAX] = {
		[RUNPRE_STUB_CALL] = "call", [RUNPRE_STUB_TRACER] = "tracer", [RUNPRE_STUB_PIECE] = "piece",
		[RUNPRE_STUB_RETURN] = "return", [RUNPRE_STUB_RETURN_IF] = "return-if",
	};

	return names[type];
}

static void show_operands(FILE *out, const struct runpre_header *h, const uint8_t *prog, const struct runpre_insn *insn)
{
	char sym[256];

	switch (insn->op) {
	case RUNPRE_OP_LIT:
		show_bytes(out, prog + insn->data, insn->arg);
		return;
	case RUNPRE_OP_RELOC:
		fprintf(out, " %s %s%+lld", reloc_name(insn->sub), symbol_text(h, insn->arg, sym, sizeof(sym)),
			insn->addend);
		return;
	case RUNPRE_OP_JUMP:
		fprintf(out, " %s L%u", om_match_cc_name(insn->sub), insn->arg);
		return;
	case RUNPRE_OP_JUMPSYM:
		fprintf(out, " %s %s%+lld", om_match_cc_name(insn->sub), symbol_text(h, insn->arg, sym, sizeof(sym)),
			insn->addend);
		return;
	case RUNPRE_OP_HIGH:
		fprintf(out, " %08x, as at +0x%x", insn->word, insn->high);
		return;
	case RUNPRE_OP_LOW:
		fprintf(out, " %s %08x, upper half at +0x%x: %s%+lld", low_name(insn->sub), insn->word, insn->high,
			symbol_text(h, insn->arg, sym, sizeof(sym)), insn->addend);
		return;
	case RUNPRE_OP_BRANCH:
		fprintf(out, " %08x %s%+lld%s", insn->word, symbol_text(h, insn->arg, sym, sizeof(sym)), insn->addend,
			insn->sub & RUNPRE_BRANCH_ENTRY ? ", either entry" : "");
		return;
	case RUNPRE_OP_STUB:
		fprintf(out, " %s %08x %s", stub_name(insn->sub), insn->word,
			symbol_text(h, insn->arg, sym, sizeof(sym)));
		return;
	case RUNPRE_OP_LABEL:
		fprintf(out, " L%u", insn->arg);
		return;
	case RUNPRE_OP_NOPS:
	case RUNPRE_OP_PAD:
		fprintf(out, " %u", insn->arg);
		return;
	case RUNPRE_OP_PRE:
		fprintf(out, " +0x%x", insn->arg);
		return;
	case RUNPRE_OP_SITE:
		fprintf(out, " %s %u", runpre_site_name(insn->sub), insn->arg);
		return;
	}
}

/* One form on a line: its ops, separated by semicolons. */
static void show_form(FILE *out, const struct runpre_header *h, struct runpre_cursor form)
{
	const char *sep = "";
	struct runpre_insn insn;

	fprintf(out, "        | ");
	while (form.pos < form.end && runpre_decode(&form, &insn)) {
		fprintf(out, "%s%s", sep, runpre_op_name(insn.op));
		show_operands(out, h, form.prog, &insn);
		sep = "; ";
	}
	fputc('\n', out);
}

static struct runpre_cursor program_of(const struct runpre_header *h, const struct runpre_span *span)
{
	return (struct runpre_cursor){
		.prog = (const uint8_t *)h + h->progs + span->prog,
		.end = span->prog_len,
	};
}

static void show_flags(FILE *out, const struct runpre_header *h, const struct runpre_span *span)
{
	char sym[256];

	if (span->flags & RUNPRE_SPAN_REQUIRED)
		fputs(", required", out);
	if (span->flags & RUNPRE_SPAN_DATA)
		fputs(", data", out);
	if (span->flags & RUNPRE_SPAN_CARRIED)
		fputs(", as updates carry it", out);
	if (span->hook_len || span->flags & RUNPRE_SPAN_REPLACE)
		fprintf(out, ", replace: hook +%u, %u bytes%s", span->hook_off, span->hook_len,
			span->flags & RUNPRE_SPAN_FTRACE ? ", through ftrace" : "");
	if (span->flags & RUNPRE_SPAN_PART)
		fprintf(out, ", part of %s",
			symbol_text(h, runpre_spans(h)[span->part_of].sym, sym, sizeof(sym)));
}

static void show_span(FILE *out, const struct runpre_header *h, const struct runpre_span *span)
{
	struct runpre_cursor c = program_of(h, span), form;
	struct runpre_insn insn;
	char sym[256];

	fprintf(out, "%s: %s: %u pre bytes, %u run bytes at most, %u labels", runpre_string(h, span->unit),
		symbol_text(h, span->sym, sym, sizeof(sym)), span->pre_size, span->max_run, span->nr_labels);
	show_flags(out, h, span);
	fputc('\n', out);
	while (c.pos < c.end && runpre_decode(&c, &insn)) {
		fprintf(out, "%6x  %-*s", insn.at, insn.op == RUNPRE_OP_END ? 0 : 8, runpre_op_name(insn.op));
		show_operands(out, h, c.prog, &insn);
		fputc('\n', out);
		for (uint32_t i = 0; i < insn.nforms; i++) {
			runpre_decode_form(&c, &form);
			show_form(out, h, form);
		}
	}
}

/* As JSON */

static json_t *json_bytes(const uint8_t *bytes, uint32_t len)
{
	char *hex = malloc(2 * (size_t)len + 1);
	json_t *json;

	if (!hex)
		return NULL;
	for (uint32_t i = 0; i < len; i++)
		sprintf(hex + 2 * i, "%02x", bytes[i]);
	hex[2 * len] = '\0';
	json = json_string(hex);
	free(hex);
	return json;
}

static void json_operands(json_t *op, const struct runpre_header *h, const uint8_t *prog,
			  const struct runpre_insn *insn)
{
	char sym[256];

	if (insn->op == RUNPRE_OP_LIT) {
		json_object_set_new(op, "bytes", json_bytes(prog + insn->data, insn->arg));
	} else if (runpre_op_has_sym(insn->op)) {
		json_object_set_new(op, "symbol", json_string(symbol_text(h, insn->arg, sym, sizeof(sym))));
		json_object_set_new(op, "addend", json_integer(insn->addend));
	} else if (insn->op == RUNPRE_OP_LABEL || insn->op == RUNPRE_OP_JUMP) {
		json_object_set_new(op, "label", json_integer(insn->arg));
	} else if (insn->op == RUNPRE_OP_PRE) {
		json_object_set_new(op, "offset", json_integer(insn->arg));
	} else if (insn->op != RUNPRE_OP_END && insn->op != RUNPRE_OP_HIGH) {
		json_object_set_new(op, "len", json_integer(insn->arg));
	}
	if (insn->op == RUNPRE_OP_HIGH || insn->op == RUNPRE_OP_LOW || insn->op == RUNPRE_OP_BRANCH || insn->op == RUNPRE_OP_STUB)
		json_object_set_new(op, "insn", json_integer(insn->word));
	if (insn->op == RUNPRE_OP_LOW)
		json_object_set_new(op, "type", json_string(low_name(insn->sub)));
	if (insn->op == RUNPRE_OP_LOW || insn->op == RUNPRE_OP_HIGH)
		json_object_set_new(op, "high", json_integer(insn->high));
	if (insn->op == RUNPRE_OP_BRANCH)
		json_object_set_new(op, "either_entry", json_boolean(insn->sub & RUNPRE_BRANCH_ENTRY));
	if (insn->op == RUNPRE_OP_STUB)
		json_object_set_new(op, "type", json_string(stub_name(insn->sub)));
	if (insn->op == RUNPRE_OP_RELOC)
		json_object_set_new(op, "type", json_string(reloc_name(insn->sub)));
	if (insn->op == RUNPRE_OP_JUMP || insn->op == RUNPRE_OP_JUMPSYM)
		json_object_set_new(op, "jump", json_string(om_match_cc_name(insn->sub)));
	if (insn->op == RUNPRE_OP_SITE)
		json_object_set_new(op, "site", json_string(runpre_site_name(insn->sub)));
}

static json_t *json_op(const struct runpre_header *h, const uint8_t *prog, const struct runpre_insn *insn)
{
	json_t *op = json_object();

	json_object_set_new(op, "op", json_string(runpre_op_name(insn->op)));
	json_operands(op, h, prog, insn);
	return op;
}

static json_t *json_form(const struct runpre_header *h, struct runpre_cursor form)
{
	json_t *ops = json_array();
	struct runpre_insn insn;

	while (form.pos < form.end && runpre_decode(&form, &insn))
		json_array_append_new(ops, json_op(h, form.prog, &insn));
	return ops;
}

static json_t *json_program(const struct runpre_header *h, const struct runpre_span *span)
{
	struct runpre_cursor c = program_of(h, span), form;
	json_t *ops = json_array(), *op, *forms;
	struct runpre_insn insn;

	while (c.pos < c.end && runpre_decode(&c, &insn)) {
		op = json_op(h, c.prog, &insn);
		forms = insn.nforms ? json_array() : NULL;
		for (uint32_t i = 0; i < insn.nforms; i++) {
			runpre_decode_form(&c, &form);
			json_array_append_new(forms, json_form(h, form));
		}
		if (forms)
			json_object_set_new(op, "forms", forms);
		json_array_append_new(ops, op);
	}
	return ops;
}

static json_t *json_span(const struct runpre_header *h, const struct runpre_span *span)
{
	char sym[256], whole[256] = "";
	json_t *json;

	if (span->flags & RUNPRE_SPAN_PART)
		symbol_text(h, runpre_spans(h)[span->part_of].sym, whole, sizeof(whole));
	json = json_pack("{s:s, s:s, s:i, s:i, s:i, s:b, s:b, s:b, s:b, s:s, s:o}",
			 "unit", runpre_string(h, span->unit),
			 "span", symbol_text(h, span->sym, sym, sizeof(sym)),
			 "pre_size", (int)span->pre_size, "max_run", (int)span->max_run,
			 "labels", (int)span->nr_labels,
			 "replace", !!(span->flags & RUNPRE_SPAN_REPLACE),
			 "required", !!(span->flags & RUNPRE_SPAN_REQUIRED),
			 "data", !!(span->flags & RUNPRE_SPAN_DATA),
			 "carried", !!(span->flags & RUNPRE_SPAN_CARRIED),
			 "part_of", whole, "program", json_program(h, span));
	if (json && (span->flags & RUNPRE_SPAN_REPLACE)) {
		json_object_set_new(json, "hook_offset", json_integer(span->hook_off));
		json_object_set_new(json, "hook_size", json_integer(span->hook_len));
		json_object_set_new(json, "hook_ftrace", json_boolean(span->flags & RUNPRE_SPAN_FTRACE));
	}
	return json;
}

static bool is_asked_for(const struct runpre_header *h, const struct runpre_span *span, const char *name)
{
	char sym[256];

	return !name || !strcmp(symbol_text(h, span->sym, sym, sizeof(sym)), name);
}

static struct error *check(const void *data, size_t size, const char *span_name)
{
	const struct runpre_header *h = data;
	struct runpre_fault fault;

	if (runpre_check(data, size, &fault) != RUNPRE_OK)
		return error_new(ERROR_BAD_FILE, "not match data, or damaged: offset 0x%x", fault.offset);
	if (!h->nr_spans)
		return error_new(ERROR_OTHER, "no functions or constants to match");
	for (uint32_t i = 0; i < h->nr_spans; i++)
		if (is_asked_for(h, &runpre_spans(h)[i], span_name))
			return NULL;
	return error_new(ERROR_USAGE, "%s: no such function in the match data", span_name);
}

struct error *om_match_show(FILE *out, const void *data, size_t size, const char *span_name)
{
	const struct runpre_header *h = data;
	struct error *err = check(data, size, span_name);

	for (uint32_t i = 0; !err && i < h->nr_spans; i++)
		if (is_asked_for(h, &runpre_spans(h)[i], span_name))
			show_span(out, h, &runpre_spans(h)[i]);
	return !err && ferror(out) ? error_errno(EIO, "writing") : err;
}

struct error *om_match_json(const void *data, size_t size, const char *span_name, json_t **ret)
{
	const struct runpre_header *h = data;
	struct error *err = check(data, size, span_name);
	json_t *all;

	if (err)
		return err;
	all = json_array();
	for (uint32_t i = 0; all && i < h->nr_spans; i++) {
		const struct runpre_span *span = &runpre_spans(h)[i];

		if (!is_asked_for(h, span, span_name) || !json_array_append_new(all, json_span(h, span)))
			continue;
		json_decref(all);
		all = NULL;
	}
	if (!all)
		return error_new(ERROR_OTHER, "the JSON text could not be made: out of memory, or a name that is not UTF-8");
	*ret = all;
	return NULL;
}
