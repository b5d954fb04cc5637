// SPDX-License-Identifier: GPL-2.0-or-later
/* What carried spans refer to, written for where they are now, and the table entries about them. */
#include "objmanip/emit-code.h"

#include <stdlib.h>
#include <string.h>

#include "kmodsrc/runpre/runpre.h"
#include "objmanip/islands.h"
#include "objmanip/linkage.h"
#include "objmanip/links.h"
#include "objmanip/refs.h"
#include "objmanip/select.h"
#include "objmanip/special.h"
#include "objmanip/symbols.h"

uint32_t om_emit_import(struct om_emit *e, const struct om_import *imp)
{
	uint32_t *s = &e->imports[imp - e->t->imports];

	if (!*s)
		*s = om_out_symbol(&e->out, imp->publish, STB_GLOBAL, STT_NOTYPE, 0, 0, 0);
	return *s;
}

uint32_t om_emit_foreign(struct om_emit *e, const char *name)
{
	for (size_t i = 0; i < e->out.nr_symbols; i++)
		if (e->out.symbols[i].bind == STB_GLOBAL && !strcmp(e->out.symbols[i].name, name))
			return i;
	return om_out_symbol(&e->out, name, STB_GLOBAL, STT_NOTYPE, 0, 0, 0);
}

uint32_t om_emit_pointer_reloc(const struct om_arch *arch)
{
	uint32_t type = 0;

	while (type < 256 && arch->reloc_runpre(type) != RUNPRE_REL_ABS64)
		type++;
	return type;
}

static struct om_toc_entry *find_toc_entry(struct om_emit *e, const struct om_out_reloc *rel)
{
	for (size_t i = 0; i < e->nr_toc; i++)
		if (e->toc[i].sym == rel->sym && e->toc[i].addend == rel->addend)
			return &e->toc[i];
	return NULL;
}

void om_emit_toc_entry(struct om_emit *e, struct om_out_reloc *rel)
{
	static const uint64_t zero;
	uint32_t section = om_out_section_named(&e->out, ".toc", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 8);
	struct om_toc_entry *entry = find_toc_entry(e, rel), *grown;

	if (!entry) {
		grown = reallocarray(e->toc, e->nr_toc + 1, sizeof(*grown));
		if (!grown) {
			e->out.failed = true;
			return;
		}
		e->toc = grown;
		entry = &e->toc[e->nr_toc++];
		*entry = (struct om_toc_entry){ .sym = rel->sym, .addend = rel->addend, .off = om_emit_append(e, section, &zero, 8, 8) };
		om_out_reloc(&e->out, section, (struct om_out_reloc){ .offset = entry->off, .type = om_emit_pointer_reloc(e->out.arch),
								      .sym = rel->sym, .addend = rel->addend });
	}
	rel->sym = om_out_section_symbol(&e->out, section);
	rel->addend = entry->off;
}

/* What the assembler resolved has its distance there; the module loader wants zeros (apply_relocate_add()). */
static void clear(struct om_emit *e, uint32_t section, const struct om_out_reloc *rel)
{
	uint8_t *field;

	if (e->out.failed || e->out.sections[section].type == SHT_NOBITS)
		return;
	field = e->out.sections[section].data.data + rel->offset;
	if (e->out.arch->clear_field)
		e->out.arch->clear_field(rel->type, field);
	else
		memset(field, 0, e->out.arch->reloc_size(rel->type));
}

struct copying {
	struct om_emit *e;
	uint32_t section;
	uint64_t from, to;	/* where the bytes were in their section, and are now */
};

/*
 * Whether @off bytes into what the symbol is of, its name will do.  Not for a branch into an ELFv2 function with two entries: to the symbol,
 * linker and module loader add the distance of the local one, whatever the addend (local_entry_offset(), module_64.c).
 */
static bool may_name(const struct om_emit *e, uint32_t symbol, int64_t off)
{
	return symbol && (!off || e->out.failed || !(e->out.symbols[symbol].other & ~3));
}

/* Relocation @rel of @span, rewritten for its new place; @asked is the one of the object's that it comes from. */
static struct error *put_reloc_as(struct copying *c, const struct om_span *span, const struct om_reloc *rel,
				  const struct om_reloc *asked)
{
	const struct om_import *imp = om_import_of(c->e->t, span, asked);
	int64_t off;
	const struct om_span *target = om_meant(rel, &off);
	struct om_out_reloc out = { .offset = c->to + rel->offset - c->from, .type = rel->type, .addend = off - rel->pc_bias };
	const struct om_place *p = target && !imp ? om_place_of(target) : NULL;
	char where[512];

	/* An alternative that is nothing; the kernel copies 0 bytes from there. */
	if (!target && rel->sym->section && rel->sym->section->class == OM_CLASS_REPLACEMENT)
		return NULL;
	if (imp) {
		out.sym = om_emit_import(c->e, imp);
		out.addend += imp->distance;
		/* By its name, and that may be a place inside of the span. */
		if (target && target == rel->target && !imp->pre)
			out.addend -= rel->sym->span_off;
	} else if (p && may_name(c->e, p->symbol, off)) {
		out.sym = p->symbol;
	} else if (p) {
		out.sym = om_out_section_symbol(&c->e->out, p->section);
		out.addend += p->off;
	} else if (om_is_undefined(rel->sym) && om_is_core_name(rel->sym->name)) {
		out.sym = om_emit_foreign(c->e, rel->sym->name);
	} else if (om_is_undefined(rel->sym) && om_link_taken(c->e->t, rel->sym->name)) {
		out.sym = om_emit_foreign(c->e, om_link_taken(c->e->t, rel->sym->name));
	} else {
		return error_new(ERROR_OTHER, "%s: relocation against %s, which is neither carried nor in the kernel",
				 om_where(span, rel->offset - c->from, where, sizeof(where)), rel->sym->name);
	}
	/* That of the object was in range, and its place may have moved. */
	if (out.addend > OM_ADDEND_MAX || out.addend < -OM_ADDEND_MAX)
		return error_new(ERROR_BAD_FILE, "%s: addend out of range", om_where(span, rel->offset - c->from, where, sizeof(where)));
	if (rel->via_toc)
		om_emit_toc_entry(c->e, &out);
	om_out_reloc(&c->e->out, c->section, out);
	clear(c->e, c->section, &out);
	return NULL;
}

static struct error *put_reloc(struct copying *c, const struct om_span *span, const struct om_reloc *rel)
{
	return put_reloc_as(c, span, rel, rel);
}

/* The short jump goes to its island, and the island where the jump went. */
static struct error *put_short_jump(struct copying *c, const struct om_span *span, const struct om_reloc *rel)
{
	const struct om_arch *arch = span->obj->arch;
	uint64_t field = c->to + rel->offset - c->from, at;
	struct om_reloc far = *rel;
	struct om_islands islands;
	const struct om_island *island;
	uint8_t *bytes;

	om_islands_plan(span, &islands);
	island = om_island_of(&islands, rel);
	at = c->to + island->off;
	if (c->e->out.failed)
		return NULL;
	bytes = c->e->out.sections[c->section].data.data;
	bytes[field] = at - (field + 1);
	bytes[at] = arch->far_jump;
	if (island->rel != rel)
		return NULL;
	far.offset = c->from + island->off + 1;
	far.type = arch->branch_reloc(arch->far_jump_len - 1);
	far.pc_bias = arch->far_jump_len - 1;
	return put_reloc_as(c, span, &far, rel);
}

/* The entry's counterpart in the second table: .orc_unwind beside .orc_unwind_ip. */
static void put_beside(struct om_emit *e, const struct om_entry *entry)
{
	const struct om_obj *obj = entry->section->obj;
	const struct om_section *sec = om_find_section((struct om_obj *)obj, entry->table->beside);
	uint32_t size = entry->table->beside_size(obj->layout), i = entry->offset / entry->size;
	uint32_t to = om_out_section_named(&e->out, sec->name, sec->type, sec->flags & ~SHF_LINK_ORDER, sec->align);

	om_emit_append(e, to, sec->data + (uint64_t)i * size, size, 1);
	if (!e->out.failed)
		e->out.sections[to].entsize = sec->entsize;
}

static struct error *put_entry(struct om_emit *e, const struct om_span *span, const struct om_entry *entry)
{
	const struct om_section *sec = entry->section;
	struct copying c = { .e = e, .from = entry->offset };
	struct error *err = NULL;
	struct om_reloc *rels;
	size_t nr = om_entry_relocs(entry, &rels);

	c.section = om_out_section_named(&e->out, sec->name, sec->type, sec->flags & ~SHF_LINK_ORDER, sec->align);
	c.to = om_emit_append(e, c.section, sec->data + entry->offset, entry->size, 1);
	if (!e->out.failed)
		e->out.sections[c.section].entsize = sec->entsize;
	for (size_t i = 0; i < nr && !err; i++)
		err = put_reloc(&c, span, &rels[i]);
	if (entry->table->beside)
		put_beside(e, entry);
	return err;
}

struct error *om_emit_references(struct om_emit *e, struct om_span *span)
{
	const struct om_place *p = om_place_of(span);
	const struct om_arch *arch = e->out.arch;
	struct copying c = { .e = e, .section = p->section, .from = span->start, .to = p->off };
	struct error *err = NULL;

	if (span->section->class == OM_CLASS_STRINGS)
		return NULL;
	om_for_each_reloc(rel, span)
		if (!arch->emit_own || !arch->emit_own(e, span, rel))
			err = err ?: (om_short_jump(span, rel) ? put_short_jump(&c, span, rel) : put_reloc(&c, span, rel));
	if (!err && arch->emit_rest)
		err = arch->emit_rest(e, span);
	for (size_t i = 0; i < span->nr_entries && !err; i++)
		if (om_entry_carried(&span->entries[i]))
			err = put_entry(e, span, &span->entries[i]);
	return err;
}
