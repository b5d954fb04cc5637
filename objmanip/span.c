// SPDX-License-Identifier: GPL-2.0-or-later
/* Cuts sections into spans. */
#include "objmanip/span.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/sections.h"
#include "objmanip/special.h"

static struct error *no_memory(const struct om_obj *obj)
{
	return error_errno(ENOMEM, "%s", obj->path);
}

static struct error *add_span(struct om_section *sec, uint64_t start, uint64_t size, struct om_symbol *sym)
{
	struct om_span *span = calloc(1, sizeof(*span));
	struct om_span **grown;
	char *name = NULL;

	grown = span ? realloc(sec->spans, (sec->nr_spans + 1) * sizeof(*grown)) : NULL;
	if (grown)
		sec->spans = grown;
	if (!grown || (!sym && asprintf(&name, "%s+0x%" PRIx64, sec->name, start) < 0)) {
		free(span);
		return no_memory(sec->obj);
	}
	span->obj = sec->obj;
	span->section = sec;
	span->start = start;
	span->size = size;
	span->symbol = sym;
	span->name = sym ? sym->name : name;
	sec->spans[sec->nr_spans++] = span;
	return NULL;
}

/* Strings end at their NUL (of entsize bytes), constants have entsize bytes. */
static struct error *cut_merged(struct om_section *sec)
{
	uint64_t start = 0, pos = 0;
	bool strings = sec->class == OM_CLASS_STRINGS;
	static const uint8_t nul[16];

	if (sec->size % sec->entsize || sec->entsize > (strings ? 4 : 4096) || !sec->data)
		return error_new(ERROR_BAD_FILE, "%s: section %s: size is no multiple of its entries'", sec->obj->path,
				 sec->name);
	for (pos = 0; pos < sec->size; pos += sec->entsize) {
		struct error *err;

		if (strings && memcmp(sec->data + pos, nul, sec->entsize))
			continue;
		err = add_span(sec, start, pos + sec->entsize - start, NULL);
		if (err)
			return err;
		start = pos + sec->entsize;
	}
	if (start != sec->size)
		return error_new(ERROR_BAD_FILE, "%s: section %s: the last string does not end", sec->obj->path, sec->name);
	return NULL;
}

/* A table whose entries have a size and no symbols. */
static struct error *cut_entries(struct om_section *sec, uint32_t size)
{
	struct error *err = NULL;

	if (sec->size % size)
		return error_new(ERROR_BAD_FILE, "%s: section %s: size is no multiple of its entries' %u bytes", sec->obj->path,
				 sec->name, size);
	for (uint64_t pos = 0; pos < sec->size && !err; pos += size)
		err = add_span(sec, pos, size, NULL);
	return err;
}

/* objtool --prefix: the name of a function's padding (tools/objtool/elf.c, elf_create_prefix_symbol()). */
static bool names_padding(const struct om_symbol *sym)
{
	return sym->section && sym->section->flags & SHF_EXECINSTR && sym->section->obj->arch->padding &&
	       sym->type == STT_FUNC && !strncmp(sym->name, "__pfx_", 6);
}

/* Whether a symbol may start a span: local labels (.L…, and the local NOTYPE ones of assembly) do not. */
static bool starts_span(const struct om_symbol *sym, const struct om_section *sec)
{
	if (sym->section != sec || names_padding(sym))
		return false;
	if (om_section_packed(sec))
		return sym->type != STT_SECTION;
	return sym->type == STT_FUNC || sym->type == STT_OBJECT ||
	       (sym->type == STT_NOTYPE && sym->bind != STB_LOCAL);
}

static int bind_rank(const struct om_symbol *sym)
{
	return sym->bind == STB_GLOBAL ? 0 : sym->bind == STB_WEAK ? 1 : 2;
}

/* By address; at one address the larger first, then global before weak before local, then as in the object. */
static int compare_symbols(const void *a, const void *b)
{
	const struct om_symbol *x = *(struct om_symbol *const *)a, *y = *(struct om_symbol *const *)b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	if (bind_rank(x) != bind_rank(y))
		return bind_rank(x) - bind_rank(y);
	return x->index < y->index ? -1 : x->index > y->index;
}

static struct error *starters(struct om_section *sec, struct om_symbol ***ret, size_t *nr)
{
	struct om_obj *obj = sec->obj;
	struct om_symbol **list = calloc(obj->nr_symbols + 1, sizeof(*list));

	if (!list)
		return no_memory(obj);
	*nr = 0;
	for (size_t i = 1; i < obj->nr_symbols; i++)
		if (starts_span(&obj->symbols[i], sec))
			list[(*nr)++] = &obj->symbols[i];
	qsort(list, *nr, sizeof(*list), compare_symbols);
	*ret = list;
	return NULL;
}

static bool gap_matters(const struct om_section *sec, uint64_t start, uint64_t end)
{
	for (size_t i = 0; i < sec->nr_relocs; i++)
		if (sec->relocs[i].offset >= start && sec->relocs[i].offset < end)
			return true;
	if (sec->flags & SHF_EXECINSTR)
		return true;
	if (!sec->data)
		return false;
	for (uint64_t i = start; i < end; i++)
		if (sec->data[i])
			return true;
	return false;
}

static bool has_named_padding(const struct om_section *sec, uint64_t start)
{
	for (size_t i = 1; i < sec->obj->nr_symbols; i++) {
		const struct om_symbol *sym = &sec->obj->symbols[i];

		if (sym->section == sec && sym->value + sym->size == start && names_padding(sym))
			return true;
	}
	return false;
}

/*
 * How many bytes right before the function at @start, from @end on, are padding of its own.  Between functions of one section
 * there may be other nops, so there only objtool's symbol tells.
 */
static uint32_t padding_before(const struct om_section *sec, uint64_t end, uint64_t start)
{
	const struct om_arch *arch = sec->obj->arch;
	uint8_t nop = arch->padding;
	uint64_t at = start;

	if (!nop || !(sec->flags & SHF_EXECINSTR) || !sec->data || (end && !has_named_padding(sec, start)))
		return 0;
	while (at > end && sec->data[at - 1] == nop && start - at < arch->max_padding)
		at--;
	return start - at;
}

/*
 * The first place in [start, end) that a table names, or @end: the nops of an alternative there are no filling.
 * ASM_CLAC at the start of bad_get_user_clac, arch/x86/lib/getuser.S.
 */
static uint64_t first_named(const struct om_section *sec, uint64_t start, uint64_t end)
{
	om_for_each_section(from, sec->obj) {
		for (size_t i = 0; i < from->nr_relocs; i++) {
			const struct om_reloc *rel = &from->relocs[i];
			uint64_t at = rel->sym->value + rel->addend + om_table_bias(from, rel->offset);

			if (!(from->flags & SHF_EXECINSTR) && rel->sym->section == sec && at >= start && at < end)
				end = at;
		}
	}
	return end;
}

/* Bytes before the next symbol that belong to none: padding, or unnamed data that something refers to. */
static struct error *add_gap(struct om_section *sec, uint64_t start, uint64_t end)
{
	if (start < end && sec->flags & SHF_EXECINSTR && sec->nr_spans && sec->data)
		start += sec->obj->arch->filling(sec->data + start, first_named(sec, start, end) - start);
	if (start >= end || (sec->nr_spans && !gap_matters(sec, start, end)))
		return NULL;
	return add_span(sec, start, end - start, NULL);
}

/*
 * One span per symbol that starts one.  A symbol inside of another's bytes (SYM_INNER_LABEL of assembly, an alias)
 * is a place in that span.  Without a size (assembly without SYM_FUNC_END) a span reaches to the next.
 */
static struct error *cut_at_symbols(struct om_section *sec)
{
	struct om_symbol **list = NULL;
	struct error *err;
	uint64_t end = 0;
	size_t nr = 0;

	err = starters(sec, &list, &nr);
	for (size_t i = 0; !err && i < nr; i++) {
		struct om_symbol *sym = list[i];
		uint64_t next = sec->size, size = sym->size;
		uint32_t pad;
		size_t j;

		if (i && sym->value < end)
			continue;
		if (i && sym->value == list[i - 1]->value)
			continue;
		for (j = i + 1; j < nr && list[j]->value == sym->value; j++)
			;
		if (j < nr)
			next = list[j]->value;
		if (!size || om_section_packed(sec))
			size = next - sym->value;
		pad = padding_before(sec, end, sym->value);
		err = add_gap(sec, end, sym->value - pad) ?: add_span(sec, sym->value, size, sym);
		if (!err)
			sec->spans[sec->nr_spans - 1]->pad = pad;
		end = sym->value + size;
	}
	if (!err && (end < sec->size || !nr))
		err = add_gap(sec, end, sec->size);
	free(list);
	return err;
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Sites in a piece, a return for one, do not divide it. */
static bool names_pieces(const struct om_section *sec)
{
	const struct om_table *table = om_table_of(sec->name);

	return sec->flags & SHF_EXECINSTR || (table && (table->kind == OM_TABLE_ALT || table->kind == OM_TABLE_FEATURE));
}

static bool is_asan_list(const struct om_section *sec)
{
	return !strncmp(sec->name, OM_ASAN_GLOBALS, strlen(OM_ASAN_GLOBALS));
}

/*
 * .altinstr_replacement and .altinstr_aux hold pieces without symbols; a piece begins where something refers to.  The
 * references are the entries of .altinstructions (their field is no instruction) and jumps from code, whose field is the last
 * thing in the instruction.  With KASAN (@listed), the list of globals tells where in .rodata a string begins.
 */
static struct error *cut_at_references(struct om_section *sec, bool listed)
{
	struct om_obj *obj = sec->obj;
	uint64_t *cuts = NULL, nr = 0;
	struct error *err = NULL;

	om_for_each_section(from, obj) {
		for (size_t i = 0; i < from->nr_relocs; i++) {
			const struct om_reloc *rel = &from->relocs[i];
			bool to_end = obj->arch->pcrel_from_end && from->flags & SHF_EXECINSTR &&
				      obj->arch->reloc_pcrel(rel->type);
			uint64_t *grown, at = rel->sym->value + rel->addend + (to_end ? obj->arch->reloc_size(rel->type) : 0) +
					     om_table_bias(from, rel->offset);

			if (rel->sym->section != sec || at >= sec->size || !(listed ? is_asan_list(from) : names_pieces(from)))
				continue;
			grown = realloc(cuts, (nr + 1) * sizeof(*cuts));
			if (!grown) {
				free(cuts);
				return no_memory(obj);
			}
			cuts = grown;
			cuts[nr++] = at;
		}
	}
	if (nr)
		qsort(cuts, nr, sizeof(*cuts), compare_u64);
	for (size_t i = 0; i < nr && !err; i++) {
		size_t j = i;

		while (j < nr && cuts[j] == cuts[i])
			j++;
		err = add_span(sec, cuts[i], (j < nr ? cuts[j] : sec->size) - cuts[i], NULL);
		i = j - 1;
	}
	free(cuts);
	return err;
}

bool om_holds_listed_strings(const struct om_section *sec)
{
	const struct om_obj *obj = sec->obj;
	bool first = false;

	for (size_t i = 1; i < obj->nr_symbols; i++)
		if (starts_span(&obj->symbols[i], sec))
			return false;
	om_for_each_section(from, obj)
		for (size_t i = 0; i < from->nr_relocs && is_asan_list(from); i++)
			first |= from->relocs[i].sym->section == sec && !(from->relocs[i].sym->value + from->relocs[i].addend);
	return first;
}

static struct error *cut(struct om_section *sec)
{
	/* An empty array is an object, too, and may be referred to (rproc_serial_features, drivers/char/virtio_console.c). */
	if (!sec->size && sec->class != OM_CLASS_DATA && sec->class != OM_CLASS_RODATA)
		return NULL;
	switch (sec->class) {
	case OM_CLASS_NONE:
	case OM_CLASS_TABLE:
	case OM_CLASS_TOC:
		return NULL;
	case OM_CLASS_STRINGS:
	case OM_CLASS_CONSTS:
		return cut_merged(sec);
	case OM_CLASS_REPLACEMENT:
		return cut_at_references(sec, false);
	case OM_CLASS_RODATA:
		if (om_holds_listed_strings(sec))
			return cut_at_references(sec, true);
		return cut_at_symbols(sec);
	default:
		return om_section_entry(sec) ? cut_entries(sec, om_section_entry(sec)) : cut_at_symbols(sec);
	}
}

/* Index of the first span that starts behind @off. */
static size_t span_behind(const struct om_section *sec, uint64_t off)
{
	size_t lo = 0, hi = sec->nr_spans;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (sec->spans[mid]->start <= off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct om_span *om_span_before(struct om_section *sec, uint64_t off)
{
	size_t i = span_behind(sec, off);

	return i ? sec->spans[i - 1] : NULL;
}

struct om_span *om_span_padded(struct om_section *sec, uint64_t off)
{
	size_t i = span_behind(sec, off);
	struct om_span *span = i < sec->nr_spans ? sec->spans[i] : NULL;

	return span && span->start - off <= span->pad ? span : NULL;
}

struct om_span *om_span_at(struct om_section *sec, uint64_t off)
{
	struct om_span *span = om_span_before(sec, off);

	return span && off - span->start < span->size ? span : NULL;
}

void om_span_slice(struct om_span *span)
{
	struct om_section *sec = span->section;
	size_t lo = 0, hi = sec->nr_relocs;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (sec->relocs[mid].offset < span->start)
			lo = mid + 1;
		else
			hi = mid;
	}
	span->relocs = sec->relocs + lo;
	span->nr_relocs = 0;
	while (lo + span->nr_relocs < sec->nr_relocs &&
	       span->relocs[span->nr_relocs].offset - span->start < span->size)
		span->nr_relocs++;
}

static void name_symbols(struct om_obj *obj)
{
	for (size_t i = 1; i < obj->nr_symbols; i++) {
		struct om_symbol *sym = &obj->symbols[i];

		if (!sym->section || sym->type == STT_SECTION)
			continue;
		sym->span = names_padding(sym) ? om_span_padded(sym->section, sym->value) : NULL;
		if (!sym->span)
			sym->span = om_span_before(sym->section, sym->value);
		/* A label at the very end of a function (asm goto) is before the next span's first byte. */
		if (sym->span)
			sym->span_off = sym->value - sym->span->start;
		sym->meant = sym->span;
	}
}

/* gcc moves unlikely blocks of foo to foo.cold (before gcc 9: foo.cold.N). */
static void find_parts(struct om_obj *obj)
{
	om_for_each_span(span, obj) {
		const char *cold = span->symbol && span->section->flags & SHF_EXECINSTR ? strstr(span->name, ".cold") : NULL;

		if (!cold || (cold[5] && cold[5] != '.'))
			continue;
		om_for_each_span(of, obj) {
			if (of != span && of->symbol && of->section->flags & SHF_EXECINSTR &&
			    strlen(of->name) == (size_t)(cold - span->name) &&
			    !strncmp(of->name, span->name, cold - span->name))
				span->part_of = of;
		}
	}
}

struct error *om_spans_make(struct om_obj *obj)
{
	size_t nr = 0;

	om_for_each_section(sec, obj) {
		struct error *err = cut(sec);

		if (err)
			return err;
		nr += sec->nr_spans;
	}
	obj->spans = calloc(nr + 1, sizeof(*obj->spans));
	if (!obj->spans)
		return no_memory(obj);
	om_for_each_section(sec, obj) {
		for (size_t i = 0; i < sec->nr_spans; i++) {
			obj->spans[obj->nr_spans++] = sec->spans[i];
			om_span_slice(sec->spans[i]);
		}
	}
	name_symbols(obj);
	find_parts(obj);
	return NULL;
}

static void free_span(struct om_span *span)
{
	if (!span->symbol)
		free((char *)span->name);
	free(span->insns);
	free(span->entries);
	free(span->reason);
	free(span);
}

void om_spans_free(struct om_obj *obj)
{
	for (size_t i = 0; i < obj->nr_sections; i++) {
		struct om_section *sec = &obj->sections[i];

		for (size_t j = 0; j < sec->nr_spans; j++)
			free_span(sec->spans[j]);
		free(sec->spans);
	}
	free(obj->spans);
}

struct om_reloc *om_reloc_at(struct om_span *span, uint64_t span_off)
{
	om_for_each_reloc(rel, span)
		if (rel->offset == span->start + span_off)
			return rel;
	return NULL;
}

const struct om_insn *om_insn_at(const struct om_span *span, uint64_t off)
{
	size_t lo = 0, hi = span->nr_insns;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (span->insns[mid].off <= off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo && off < span->insns[lo - 1].off + span->insns[lo - 1].len ? &span->insns[lo - 1] : NULL;
}

const char *om_string(const struct om_span *span)
{
	return (const char *)om_bytes(span);
}

const char *om_where(const struct om_span *span, uint64_t span_off, char *buf, size_t size)
{
	snprintf(buf, size, "%s: %s+0x%" PRIx64, span->obj->unit, span->section->name, span->start + span_off);
	return buf;
}
