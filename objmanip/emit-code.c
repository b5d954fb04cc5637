// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The carried post code as one relocatable object.  Each function and object gets a section of its own; tables get
 * exactly the entries about carried code; what exists in the kernel is an undefined symbol under its published name.
 * New contents of objects in place lie here too, without a name: by it, the kernel's object is meant.
 */
#include "objmanip/objmanip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kmodsrc/runpre/runpre.h"
#include "objmanip/arch.h"
#include "objmanip/author.h"
#include "objmanip/emit.h"
#include "objmanip/islands.h"
#include "objmanip/links.h"
#include "objmanip/names.h"
#include "objmanip/refs.h"
#include "objmanip/select.h"
#include "objmanip/special.h"
#include "objmanip/symbols.h"

#define STRINGS_SECTION ".rodata.ksplice_str"

/* Where a carried span went; in span->priv while the object is made. */
struct place {
	uint32_t section;
	uint64_t off;
	uint32_t symbol;	/* at exactly there, or 0 */
};

struct emit {
	struct om_target *t;
	struct om_out out;
	uint32_t *imports;	/* symbol of each of t->imports, 0: not made yet */
	struct om_span **strings;	/* those that were placed, to place none twice */
	size_t nr_strings;
};

static const struct place *place_of(const struct om_span *span)
{
	return span->priv;
}

/* What the span's own address is known to be aligned to. */
static uint64_t alignment(const struct om_span *span)
{
	uint64_t low = span->start & -span->start;

	return low && low < span->section->align ? low : span->section->align;
}

static uint32_t named_section(struct emit *e, const char *kind, const struct om_span *span, uint32_t type,
			      uint64_t flags)
{
	char *name;
	uint32_t ret;

	if (asprintf(&name, "%s.%s", kind, span->name) < 0) {
		e->out.failed = true;
		return 0;
	}
	ret = om_out_section(&e->out, name, type, flags, alignment(span));
	free(name);
	return ret;
}

/* Shared sections are of their own making: what they were merged or sorted with is not there. */
static uint32_t section_for(struct emit *e, const struct om_span *span)
{
	const struct om_section *sec = span->section;
	bool cold = !strncmp(sec->name, ".text.unlikely", 14);

	switch (sec->class) {
	case OM_CLASS_TEXT:
		return named_section(e, cold ? ".text.unlikely" : ".text", span, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR);
	case OM_CLASS_DATA:
		if (sec->type == SHT_NOBITS)
			return named_section(e, ".bss", span, SHT_NOBITS, SHF_ALLOC | SHF_WRITE);
		return named_section(e, ".data", span, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE);
	case OM_CLASS_PERCPU:
		/* The loader knows one section only, by this name: kernel/module/main.c, find_pcpusec(), 6.1. */
		return om_out_section_named(&e->out, ".data..percpu", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, alignment(span));
	case OM_CLASS_RODATA:
		if (span->symbol)
			return named_section(e, ".rodata", span, SHT_PROGBITS, SHF_ALLOC);
		return om_out_section_named(&e->out, ".rodata.ksplice_const", SHT_PROGBITS, SHF_ALLOC, 1);
	case OM_CLASS_CONSTS:
		return om_out_section_named(&e->out, ".rodata.ksplice_const", SHT_PROGBITS, SHF_ALLOC, 1);
	case OM_CLASS_STRINGS:
		return om_out_section_named(&e->out, STRINGS_SECTION, SHT_PROGBITS, SHF_ALLOC, 1);
	default: /* REPLACEMENT, and __dyndbg, which the module loader knows by name */
		return om_out_section_named(&e->out, sec->name, SHT_PROGBITS,
					    sec->flags & (SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR), sec->align);
	}
}

/* Appends @size bytes (NULL: zeros, or nothing in a NOBITS section); returns where. */
static uint64_t append(struct emit *e, uint32_t section, const void *bytes, uint64_t size, uint64_t align)
{
	struct om_out_section *sec;
	uint64_t off;

	if (e->out.failed)
		return 0;
	sec = &e->out.sections[section];
	if (sec->align < align)
		sec->align = align;
	if (sec->type == SHT_NOBITS) {
		sec->nobits += size;
		return sec->nobits - size;
	}
	om_buf_align(&sec->data, align);
	off = sec->data.len;
	om_buf_add(&sec->data, bytes, size);
	return off;
}

static const struct om_span *same_string(const struct emit *e, const struct om_span *span)
{
	for (size_t i = 0; i < e->nr_strings; i++) {
		const struct om_span *s = e->strings[i];

		if (s->size == span->size && alignment(s) >= alignment(span) &&
		    !memcmp(om_bytes(s), om_bytes(span), s->size))
			return s;
	}
	return NULL;
}

static struct error *note_string(struct emit *e, struct om_span *span)
{
	struct om_span **grown = reallocarray(e->strings, e->nr_strings + 1, sizeof(*grown));

	if (!grown)
		return error_errno(ENOMEM, "%s", e->t->name);
	e->strings = grown;
	e->strings[e->nr_strings++] = span;
	return NULL;
}

static void append_zeros(struct emit *e, uint32_t section, uint64_t size)
{
	while (size--)
		append(e, section, "", 1, 1);
}

/*
 * The function with its islands before and behind it, and right before it its padding: the kernel may write a thunk there
 * and call that.  Returns where the function begins, aligned as it was.
 */
static uint64_t put_function(struct emit *e, uint32_t section, const struct om_span *span)
{
	uint64_t align = alignment(span), lead, off;
	struct om_islands islands;

	om_islands_plan(span, &islands);
	lead = (islands.before + span->pad + align - 1) & ~(align - 1);
	append_zeros(e, section, lead - span->pad);
	append(e, section, om_bytes(span) - span->pad, span->pad, 1);
	off = append(e, section, om_bytes(span), span->size, align);
	append_zeros(e, section, islands.behind);
	return off;
}

static struct error *put_span(struct emit *e, struct om_span *span)
{
	bool string = span->section->class == OM_CLASS_STRINGS;
	const struct om_span *same = string ? same_string(e, span) : NULL;
	struct place *p = malloc(sizeof(*p));

	if (!p)
		return error_errno(ENOMEM, "%s", e->t->name);
	span->priv = p;
	if (same) {
		*p = *place_of(same);
		return NULL;
	}
	p->symbol = 0;
	p->section = section_for(e, span);
	p->off = span->section->class == OM_CLASS_TEXT ? put_function(e, p->section, span) :
							 append(e, p->section, om_bytes(span), span->size, alignment(span));
	return string ? note_string(e, span) : NULL;
}

/* All names of carried things, local: tracing, kallsyms and later updates find them by these. */
static void put_symbols(struct emit *e, const struct om_obj *post)
{
	uint32_t file = om_out_symbol(&e->out, post->unit, STB_LOCAL, STT_FILE, 0, 0, 0);

	if (!e->out.failed)
		e->out.symbols[file].absolute = true;
	for (size_t i = 1; i < post->nr_symbols; i++) {
		const struct om_symbol *sym = &post->symbols[i];
		struct place *p = sym->span && sym->type != STT_SECTION ? sym->span->priv : NULL;
		const char *offered;
		uint32_t s;

		if (!p || !sym->name[0] || !sym->span->carried || sym->span->section->class == OM_CLASS_STRINGS ||
		    (sym->type == STT_NOTYPE && sym->bind == STB_LOCAL))
			continue;
		s = om_out_symbol(&e->out, sym->name, STB_LOCAL, sym->type, p->section, p->off + sym->span_off, sym->size);
		if (sym == sym->span->symbol)
			p->symbol = s;
		offered = om_link_offered(e->t, post, sym);
		if (offered)
			om_out_symbol(&e->out, offered, STB_GLOBAL, sym->type, p->section, p->off + sym->span_off, sym->size);
	}
}

static uint32_t import_symbol(struct emit *e, const struct om_import *imp)
{
	uint32_t *s = &e->imports[imp - e->t->imports];

	if (!*s)
		*s = om_out_symbol(&e->out, imp->publish, STB_GLOBAL, STT_NOTYPE, 0, 0, 0);
	return *s;
}

/* A name of the core's own, or of what another target of the update offers, as it is. */
static uint32_t foreign_symbol(struct emit *e, const char *name)
{
	for (size_t i = 0; i < e->out.nr_symbols; i++)
		if (e->out.symbols[i].bind == STB_GLOBAL && !strcmp(e->out.symbols[i].name, name))
			return i;
	return om_out_symbol(&e->out, name, STB_GLOBAL, STT_NOTYPE, 0, 0, 0);
}

struct copying {
	struct emit *e;
	uint32_t section;
	uint64_t from, to;	/* where the bytes were in their section, and are now */
};

/* Relocation @rel of @span, rewritten for its new place; @asked is the one of the object's that it comes from. */
static struct error *put_reloc_as(struct copying *c, const struct om_span *span, const struct om_reloc *rel,
				  const struct om_reloc *asked)
{
	const struct om_import *imp = om_import_of(c->e->t, span, asked);
	struct om_out_reloc out = { .offset = c->to + rel->offset - c->from, .type = rel->type,
				    .addend = rel->target_off - rel->pc_bias };
	const struct om_span *target = rel->target;
	const struct place *p;
	char where[512];

	/* An alternative that is nothing; the kernel copies 0 bytes from there. */
	if (!target && rel->sym->section && rel->sym->section->class == OM_CLASS_REPLACEMENT)
		return NULL;

	if (!target && !imp && om_is_undefined(rel->sym))
		target = om_defined_elsewhere(c->e->t, span->obj, rel->sym->name, true);
	p = target && !imp ? place_of(target) : NULL;
	if (imp) {
		out.sym = import_symbol(c->e, imp);
		/* By its name, and that may be a place inside of the span. */
		if (target && !imp->pre)
			out.addend -= rel->sym->span_off;
	} else if (p && p->symbol) {
		out.sym = p->symbol;
	} else if (p) {
		out.sym = om_out_section_symbol(&c->e->out, p->section);
		out.addend += p->off;
	} else if (om_is_undefined(rel->sym) && om_is_core_name(rel->sym->name)) {
		out.sym = foreign_symbol(c->e, rel->sym->name);
	} else if (om_is_undefined(rel->sym) && om_link_taken(c->e->t, rel->sym->name)) {
		out.sym = foreign_symbol(c->e, om_link_taken(c->e->t, rel->sym->name));
	} else {
		return error_new(ERROR_OTHER, "%s: relocation against %s, which is neither carried nor in the kernel",
				 om_where(span, rel->offset - c->from, where, sizeof(where)), rel->sym->name);
	}
	om_out_reloc(&c->e->out, c->section, out);
	/* What the assembler resolved has its distance there; the module loader wants zeros (apply_relocate_add()). */
	if (!c->e->out.failed && c->e->out.sections[c->section].type != SHT_NOBITS)
		memset(c->e->out.sections[c->section].data.data + out.offset, 0, c->e->out.arch->reloc_size(out.type));
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
static void put_beside(struct emit *e, const struct om_entry *entry)
{
	const struct om_obj *obj = entry->section->obj;
	const struct om_section *sec = om_find_section((struct om_obj *)obj, entry->table->beside);
	uint32_t size = entry->table->beside_size(obj->layout), i = entry->offset / entry->size;
	uint32_t to = om_out_section_named(&e->out, sec->name, sec->type, sec->flags & ~SHF_LINK_ORDER, sec->align);

	append(e, to, sec->data + (uint64_t)i * size, size, 1);
	if (!e->out.failed)
		e->out.sections[to].entsize = sec->entsize;
}

static struct error *put_entry(struct emit *e, const struct om_span *span, const struct om_entry *entry)
{
	const struct om_section *sec = entry->section;
	struct copying c = { .e = e, .from = entry->offset };
	struct error *err = NULL;
	struct om_reloc *rels;
	size_t nr = om_entry_relocs(entry, &rels);

	c.section = om_out_section_named(&e->out, sec->name, sec->type, sec->flags & ~SHF_LINK_ORDER, sec->align);
	c.to = append(e, c.section, sec->data + entry->offset, entry->size, 1);
	if (!e->out.failed)
		e->out.sections[c.section].entsize = sec->entsize;
	for (size_t i = 0; i < nr && !err; i++)
		err = put_reloc(&c, span, &rels[i]);
	if (entry->table->beside)
		put_beside(e, entry);
	return err;
}

static struct error *put_references(struct emit *e, struct om_span *span)
{
	const struct place *p = place_of(span);
	struct copying c = { .e = e, .section = p->section, .from = span->start, .to = p->off };
	struct error *err = NULL;

	if (span->section->class == OM_CLASS_STRINGS)
		return NULL;
	om_for_each_reloc(rel, span)
		err = err ?: (om_short_jump(span, rel) ? put_short_jump(&c, span, rel) : put_reloc(&c, span, rel));
	for (size_t i = 0; i < span->nr_entries && !err; i++)
		if (om_entry_carried(&span->entries[i]))
			err = put_entry(e, span, &span->entries[i]);
	return err;
}

/* The architecture's relocation for a pointer. */
static uint32_t pointer_reloc(const struct om_arch *arch)
{
	uint32_t type = 0;

	while (type < 256 && arch->reloc_runpre(type) != RUNPRE_REL_ABS64)
		type++;
	return type;
}

/* The tables for the core, struct ksplice_replacement and its like in kmodsrc/ksplice.h: 8-byte fields. */

struct table {
	struct emit *e;
	uint32_t section;
	uint32_t entry;	/* bytes of one */
	uint64_t nr;
};

static void table_begin(struct emit *e, struct table *ret, const char *section, uint32_t entry)
{
	*ret = (struct table){ .e = e, .entry = entry };
	ret->section = om_out_section(&e->out, section, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 8);
}

/* Another entry, zero; returns where. */
static uint64_t table_add(struct table *tab)
{
	static const uint8_t zero[32];

	tab->nr++;
	return append(tab->e, tab->section, zero, tab->entry, 8);
}

static void put_pointer(struct table *tab, uint64_t off, uint32_t sym, int64_t addend)
{
	om_out_reloc(&tab->e->out, tab->section, (struct om_out_reloc){
		.offset = off, .type = pointer_reloc(tab->e->out.arch), .sym = sym, .addend = addend });
}

/* A pointer to carried @span. */
static void put_span_pointer(struct table *tab, uint64_t off, const struct om_span *span)
{
	const struct place *p = place_of(span);

	if (p->symbol)
		put_pointer(tab, off, p->symbol, 0);
	else
		put_pointer(tab, off, om_out_section_symbol(&tab->e->out, p->section), p->off);
}

static void put_string(struct table *tab, uint64_t off, const char *s)
{
	uint32_t strings = om_out_section_named(&tab->e->out, STRINGS_SECTION, SHT_PROGBITS, SHF_ALLOC, 1);
	uint64_t at = append(tab->e, strings, s, strlen(s) + 1, 1);

	put_pointer(tab, off, om_out_section_symbol(&tab->e->out, strings), at);
}

static void put_number(struct table *tab, uint64_t off, uint64_t value)
{
	if (!tab->e->out.failed && !tab->e->out.sections[tab->section].data.failed)
		memcpy(tab->e->out.sections[tab->section].data.data + off, &value, sizeof(value));
}

static void table_end(struct table *tab, const char *symbol)
{
	struct om_out *out = &tab->e->out;
	uint64_t nr = tab->nr;
	char name[64], section[80];
	uint32_t count;

	snprintf(name, sizeof(name), "ksplice_nr_%s", symbol + strlen("ksplice_"));
	snprintf(section, sizeof(section), ".rodata.%s", name);
	om_out_symbol(out, symbol, STB_GLOBAL, STT_OBJECT, tab->section, 0, nr * tab->entry);
	count = om_out_section(out, section, SHT_PROGBITS, SHF_ALLOC, 8);
	append(tab->e, count, &nr, sizeof(nr), 8);
	om_out_symbol(out, name, STB_GLOBAL, STT_OBJECT, count, 0, sizeof(nr));
}

static struct error *put_replacement(struct table *tab, const struct om_span *span)
{
	const struct om_import *old = om_import_old(tab->e->t, span);
	uint64_t off;

	if (!old || !place_of(span))
		return error_new(ERROR_OTHER, "%s: %s: replaced, but not carried", span->obj->unit, span->name);
	off = table_add(tab);
	put_pointer(tab, off, import_symbol(tab->e, old), 0);
	put_span_pointer(tab, off + 8, span);
	put_string(tab, off + 16, span->twin->name);
	return NULL;
}

static struct error *put_data(struct table *tab, const struct om_span *span)
{
	const struct om_import *old = om_import_old(tab->e->t, span);
	uint64_t off;

	if (!old || !place_of(span))
		return error_new(ERROR_OTHER, "%s: %s: changed in place, but not carried", span->obj->unit, span->name);
	off = table_add(tab);
	put_pointer(tab, off, import_symbol(tab->e, old), 0);
	put_span_pointer(tab, off + 8, span);
	put_string(tab, off + 16, span->twin->name);
	put_number(tab, off + 24, span->size);
	return NULL;
}

static struct error *put_hooks(struct emit *e)
{
	struct table tab;

	table_begin(e, &tab, ".ksplice_hooks", 24);
	for (size_t i = 0; i < e->t->nr_hooks; i++) {
		const struct om_author_hook *h = &e->t->hooks[i];
		uint64_t off;

		if (!h->fn || !place_of(h->fn))
			return error_new(ERROR_OTHER, "%s: %s: a hook that is not carried", h->record->obj->unit,
					 h->record->name);
		off = table_add(&tab);
		put_number(&tab, off, h->phase);
		put_span_pointer(&tab, off + 8, h->fn);
		put_string(&tab, off + 16, h->fn->name);
	}
	table_end(&tab, "ksplice_hooks");
	return NULL;
}

static struct error *put_tables(struct emit *e)
{
	struct table replacements, data;
	struct error *err = NULL;

	table_begin(e, &replacements, ".ksplice_replacements", 24);
	table_begin(e, &data, ".ksplice_data", 32);
	for (size_t i = 0; i < e->t->nr_units; i++) {
		om_for_each_span(span, e->t->units[i].post) {
			if (om_replaced(span))
				err = put_replacement(&replacements, span);
			else if (om_in_place(span))
				err = put_data(&data, span);
			if (err)
				return err;
		}
	}
	table_end(&replacements, "ksplice_replacements");
	table_end(&data, "ksplice_data");
	return put_hooks(e);
}

/* Calls @fn for every carried span, and every object in place. */
static struct error *for_carried(struct emit *e, struct error *(*fn)(struct emit *, struct om_span *))
{
	for (size_t i = 0; i < e->t->nr_units; i++) {
		om_for_each_span(span, e->t->units[i].post) {
			struct error *err = span->carried || om_in_place(span) ? fn(e, span) : NULL;

			if (err)
				return err;
		}
	}
	return NULL;
}

static struct error *build(struct emit *e)
{
	struct error *err = for_carried(e, put_span);

	if (err)
		return err;
	for (size_t i = 0; i < e->t->nr_units; i++)
		put_symbols(e, e->t->units[i].post);
	err = for_carried(e, put_references);
	err = err ?: put_tables(e);
	om_out_section(&e->out, ".note.GNU-stack", SHT_PROGBITS, 0, 1);
	return err;
}

static struct error *forget_place(struct emit *e, struct om_span *span)
{
	free(span->priv);
	span->priv = NULL;
	return NULL;
}

struct error *om_target_emit_code(struct om_target *t, const char *path)
{
	struct emit e = { .t = t };
	struct error *err;

	if (!om_target_has_effect(t) || t->nr_refusals)
		return error_new(ERROR_OTHER, "%s: nothing to replace, or refused: no code module can be made", t->name);
	om_out_init(&e.out, t->units[0].post->arch);
	e.imports = calloc(t->nr_imports + 1, sizeof(*e.imports));
	err = e.imports ? build(&e) : error_errno(ENOMEM, "%s", t->name);
	err = err ?: om_out_write(&e.out, path);
	for_carried(&e, forget_place);
	free(e.strings);
	free(e.imports);
	om_out_free(&e.out);
	return err;
}
