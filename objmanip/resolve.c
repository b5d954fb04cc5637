// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds out what relocations point to, and gives branches inside of a section the relocations that they lack. */
#include "objmanip/span.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kmodsrc/runpre/runpre.h"
#include "objmanip/arch.h"
#include "objmanip/special.h"

static bool has_reloc(const struct om_span *span, uint64_t offset)
{
	return om_reloc_at((struct om_span *)span, offset - span->start);
}

/* gas leaves it out where no relocation needs it. */
static struct om_symbol *section_symbol(struct om_section *sec)
{
	if (sec->symbol)
		return sec->symbol;
	sec->made_symbol = calloc(1, sizeof(*sec->made_symbol));
	if (!sec->made_symbol)
		return NULL;
	*sec->made_symbol = (struct om_symbol){ .name = "", .type = STT_SECTION, .section = sec, .shndx = sec->index };
	sec->symbol = sec->made_symbol;
	return sec->symbol;
}

/* Appends a relocation for a branch out of @span to another span of its section, if @insn is one and has none. */
static struct error *resolve_branch(struct om_span *span, const struct om_insn *insn, struct om_reloc **list, size_t *nr)
{
	const struct om_arch *arch = span->obj->arch;
	uint64_t at = span->start + insn->off, dest;
	struct om_reloc *grown;
	struct om_branch b;
	struct om_span *to;

	if (!arch->branch(om_bytes(span) + insn->off, insn->len, &b) || has_reloc(span, at + b.field))
		return NULL;
	dest = at + b.to;
	to = om_span_at(span->section, dest);
	/* To its own end, where nothing is: behind what gcc takes for unreachable. */
	if (dest - span->start < span->size || (dest - span->start == span->size && !to))
		return NULL;
	if (!to)
		return error_new(ERROR_BAD_FILE, "%s: %s+0x%" PRIx64 ": a branch to nowhere", span->obj->path,
				 span->section->name, at);
	if (!to->symbol && !section_symbol(span->section))
		return error_errno(ENOMEM, "%s", span->obj->path);
	grown = realloc(*list, (*nr + 1) * sizeof(*grown));
	if (!grown)
		return error_errno(ENOMEM, "%s", span->obj->path);
	*list = grown;
	grown[(*nr)++] = (struct om_reloc){
		.offset = at + b.field,
		.type = b.reloc,
		.sym = to->symbol ?: section_symbol(span->section),
		.addend = (int64_t)(dest - (to->symbol ? to->symbol->value : 0)) - (arch->pcrel_from_end ? b.size : 0),
	};
	if (arch->clear_field)
		arch->clear_field(b.reloc, (uint8_t *)om_bytes(span) + insn->off + b.field);
	return NULL;
}

static int compare_relocs(const void *a, const void *b)
{
	const struct om_reloc *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static struct error *branches_of(struct om_section *sec)
{
	struct om_reloc *list = NULL, *grown;
	struct error *err = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < sec->nr_spans; i++)
		for (size_t j = 0; j < sec->spans[i]->nr_insns && !err; j++)
			err = resolve_branch(sec->spans[i], &sec->spans[i]->insns[j], &list, &nr);
	grown = !err && nr ? realloc(sec->relocs, (sec->nr_relocs + nr) * sizeof(*grown)) : NULL;
	if (grown) {
		memcpy(grown + sec->nr_relocs, list, nr * sizeof(*grown));
		sec->relocs = grown;
		sec->nr_relocs += nr;
		qsort(grown, sec->nr_relocs, sizeof(*grown), compare_relocs);
		for (size_t i = 0; i < sec->nr_spans; i++)
			om_span_slice(sec->spans[i]);
	} else if (!err && nr) {
		err = error_errno(ENOMEM, "%s", sec->obj->path);
	}
	free(list);
	return err;
}

struct error *om_branches_resolve(struct om_obj *obj)
{
	om_for_each_section(sec, obj) {
		struct error *err = NULL;

		/* Pieces of .altinstr_aux follow one another by falling through or jumping; they are carried together. */
		if (sec->flags & SHF_EXECINSTR && sec->nr_spans > 1 && sec->class != OM_CLASS_REPLACEMENT)
			err = branches_of(sec);
		if (err)
			return err;
	}
	return NULL;
}

/* What the addend of the relocation holds beside its target. */
static int64_t pc_bias(const struct om_section *sec, const struct om_reloc *rel)
{
	const struct om_span *span = om_span_at((struct om_section *)sec, rel->offset);
	const struct om_insn *insn;

	if (!span || !sec->obj->arch->pcrel_from_end || !sec->obj->arch->reloc_pcrel(rel->type))
		return 0;
	insn = om_insn_at(span, rel->offset - span->start);
	return insn ? (int64_t)(span->start + insn->off + insn->len - rel->offset) : 0;
}

/*
 * Of all tables only the unwinder's has entries about padding.  Others may name the end of a function, where the next one's
 * padding begins.
 */
static bool about_padding(const struct om_section *sec)
{
	const struct om_table *table = om_table_of(sec->name);

	return table && table->kind == OM_TABLE_ORC_IP;
}

/* The relocation is of a field that addresses an entry of .toc: it becomes one of what is in the entry. */
static struct error *through_toc(const struct om_section *sec, struct om_reloc *rel)
{
	const struct om_section *toc = rel->sym->section;
	int64_t at = (int64_t)rel->sym->value + rel->addend;

	for (size_t i = 0; i < toc->nr_relocs; i++) {
		const struct om_reloc *entry = &toc->relocs[i];

		if ((int64_t)entry->offset != at)
			continue;
		if (sec->obj->arch->reloc_runpre(entry->type) != RUNPRE_REL_ABS64)
			break;
		rel->sym = entry->sym;
		rel->addend = entry->addend;
		rel->via_toc = true;
		return NULL;
	}
	return error_new(ERROR_REFUSED, "%s: %s+0x%" PRIx64 ": refers to .toc+0x%" PRIx64 ", where no pointer is", sec->obj->path, sec->name,
			 rel->offset, (uint64_t)at);
}

static struct error *resolve(struct om_section *sec, struct om_reloc *rel)
{
	struct error *err = rel->sym->section && rel->sym->section->class == OM_CLASS_TOC ? through_toc(sec, rel) : NULL;
	struct om_symbol *sym = rel->sym;
	int64_t off;

	if (err)
		return err;
	rel->pc_bias = pc_bias(sec, rel) + om_table_bias(sec, rel->offset);
	off = rel->addend + rel->pc_bias;
	rel->target_off = off;
	if (!sym->section || sym->section->class == OM_CLASS_NONE)
		return NULL;
	if (sym->type != STT_SECTION && sym->span) {
		rel->target = sym->span;
		rel->target_off = sym->span_off + off;
		return NULL;
	}
	off += sym->value;
	if (off >= 0 && about_padding(sec))
		rel->target = om_span_padded(sym->section, off);
	if (off >= 0 && !rel->target)
		rel->target = om_span_before(sym->section, off - (off && om_table_names_end(sec, rel->offset)));
	if (!rel->target && sym->section->nr_spans)
		rel->target = sym->section->spans[0];
	/* ALTERNATIVE "jmp copy_page_regs", "", ...: nothing replaces it, and nothing is in .altinstr_replacement. */
	if (!rel->target)
		return sym->section->class == OM_CLASS_TABLE || sym->section->class == OM_CLASS_REPLACEMENT ? NULL :
			error_new(ERROR_BAD_FILE, "%s: %s+0x%" PRIx64 ": relocation into the empty section %s",
				  sec->obj->path, sec->name, rel->offset, sym->section->name);
	rel->target_off = off - (int64_t)rel->target->start;
	return NULL;
}

/* Whoever goes through code or data does so from field to field: each ends in the instruction, and in the span, that it begins in. */
static struct error *check_place(const struct om_section *sec, const struct om_reloc *rel)
{
	const struct om_span *span = om_span_at((struct om_section *)sec, rel->offset);
	uint64_t end = rel->offset + sec->obj->arch->reloc_size(rel->type);
	const struct om_insn *insn = span ? om_insn_at(span, rel->offset - span->start) : NULL;

	if (span && (end > span->start + span->size || (insn && end > span->start + insn->off + insn->len)))
		return error_new(ERROR_BAD_FILE, "%s: %s+0x%" PRIx64 ": a relocation reaches beyond the %s that it begins in",
				 sec->obj->path, sec->name, rel->offset, insn ? "instruction" : "object");
	return NULL;
}

struct error *om_relocs_resolve(struct om_obj *obj)
{
	om_for_each_section(sec, obj) {
		for (size_t i = 0; i < sec->nr_relocs; i++) {
			struct error *err = check_place(sec, &sec->relocs[i]) ?: resolve(sec, &sec->relocs[i]);

			if (err)
				return err;
		}
	}
	return NULL;
}
