// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds out what relocations point to, and gives branches inside of a section the relocations that they lack. */
#include "objmanip/span.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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
	const uint8_t *code = om_bytes(span) + insn->off;
	unsigned field = arch->branch_field(code, insn->len), size = insn->len - field;
	uint64_t end = span->start + insn->off + insn->len, dest;
	struct om_reloc *grown;
	struct om_span *to;
	int32_t rel32 = 0;

	if (!field || has_reloc(span, end - size))
		return NULL;
	memcpy(&rel32, code + field, size);
	dest = end + (size == 1 ? (int8_t)rel32 : rel32);
	to = om_span_at(span->section, dest);
	/* To its own end, where nothing is: behind what gcc takes for unreachable. */
	if (dest - span->start < span->size || (dest - span->start == span->size && !to))
		return NULL;
	if (!to)
		return error_new(ERROR_BAD_FILE, "%s: %s+0x%" PRIx64 ": a branch to nowhere", span->obj->path,
				 span->section->name, end - insn->len);
	if (!to->symbol && !section_symbol(span->section))
		return error_errno(ENOMEM, "%s", span->obj->path);
	grown = realloc(*list, (*nr + 1) * sizeof(*grown));
	if (!grown)
		return error_errno(ENOMEM, "%s", span->obj->path);
	*list = grown;
	grown[(*nr)++] = (struct om_reloc){
		.offset = end - size,
		.type = arch->branch_reloc(size),
		.sym = to->symbol ?: section_symbol(span->section),
		.addend = (int64_t)(dest - (to->symbol ? to->symbol->value : 0)) - size,
	};
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

static struct error *resolve(struct om_section *sec, struct om_reloc *rel)
{
	struct om_symbol *sym = rel->sym;
	int64_t off;

	rel->pc_bias = pc_bias(sec, rel);
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
		rel->target = om_span_before(sym->section, off);
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
