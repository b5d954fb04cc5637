// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The carried post code as one relocatable object.  Each function and object gets a section of its own; tables get
 * exactly the entries about carried code; what exists in the kernel is an undefined symbol under its published name.
 * New contents of objects in place lie here too, without a name: by it, the kernel's object is meant.
 */
#include "objmanip/emit-code.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/anew.h"
#include "objmanip/author.h"
#include "objmanip/islands.h"
#include "objmanip/links.h"
#include "objmanip/sections.h"

/* What the span's own address is known to be aligned to. */
static uint64_t alignment(const struct om_span *span)
{
	uint64_t low = span->start & -span->start;

	return low && low < span->section->align ? low : span->section->align;
}

static uint32_t named_section(struct om_emit *e, const char *kind, const struct om_span *span, uint32_t type,
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
static uint32_t section_for(struct om_emit *e, const struct om_span *span)
{
	const struct om_section *sec = span->section;
	bool cold = !strncmp(sec->name, ".text.unlikely", 14);

	switch (sec->class) {
	case OM_CLASS_TEXT:
		if (om_section_free_of_probes(sec))
			return om_out_section_named(&e->out, sec->name, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, alignment(span));
		return named_section(e, cold ? ".text.unlikely" : ".text", span, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR);
	case OM_CLASS_DATA:
		if (sec->type == SHT_NOBITS)
			return named_section(e, ".bss", span, SHT_NOBITS, SHF_ALLOC | SHF_WRITE);
		return named_section(e, ".data", span, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE);
	case OM_CLASS_PERCPU:
		/* The loader knows one section only, by this name: kernel/module/main.c, find_pcpusec(), 6.1. */
		return om_out_section_named(&e->out, ".data..percpu", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, alignment(span));
	case OM_CLASS_RODATA:
		if (!strcmp(sec->name, OM_TRACE_FORMATS))
			return om_out_section_named(&e->out, sec->name, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, sec->align);
		if (span->symbol)
			return named_section(e, ".rodata", span, SHT_PROGBITS, SHF_ALLOC);
		return om_out_section_named(&e->out, ".rodata.ksplice_const", SHT_PROGBITS, SHF_ALLOC, 1);
	case OM_CLASS_CONSTS:
		return om_out_section_named(&e->out, ".rodata.ksplice_const", SHT_PROGBITS, SHF_ALLOC, 1);
	case OM_CLASS_STRINGS:
		return om_out_section_named(&e->out, OM_STRINGS_SECTION, SHT_PROGBITS, SHF_ALLOC, 1);
	default: /* REPLACEMENT, and __dyndbg, which the module loader knows by name */
		return om_out_section_named(&e->out, sec->name, SHT_PROGBITS,
					    sec->flags & (SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR), sec->align);
	}
}

uint64_t om_emit_append(struct om_emit *e, uint32_t section, const void *bytes, uint64_t size, uint64_t align)
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

static const struct om_span *same_string(const struct om_emit *e, const struct om_span *span)
{
	for (size_t i = 0; i < e->nr_strings; i++) {
		const struct om_span *s = e->strings[i];

		if (s->size == span->size && alignment(s) >= alignment(span) &&
		    !memcmp(om_bytes(s), om_bytes(span), s->size))
			return s;
	}
	return NULL;
}

static struct error *note_string(struct om_emit *e, struct om_span *span)
{
	struct om_span **grown = reallocarray(e->strings, e->nr_strings + 1, sizeof(*grown));

	if (!grown)
		return error_errno(ENOMEM, "%s", e->t->name);
	e->strings = grown;
	e->strings[e->nr_strings++] = span;
	return NULL;
}

static void append_zeros(struct om_emit *e, uint32_t section, uint64_t size)
{
	while (size--)
		om_emit_append(e, section, "", 1, 1);
}

/*
 * The function with its islands before and behind it, and right before it its padding: the kernel may write a thunk there
 * and call that.  Returns where the function begins, aligned as it was.
 */
static uint64_t put_function(struct om_emit *e, uint32_t section, const struct om_span *span)
{
	uint64_t align = alignment(span), lead, off;
	struct om_islands islands;

	om_islands_plan(span, &islands);
	lead = (islands.before + span->pad + align - 1) & ~(align - 1);
	append_zeros(e, section, lead - span->pad);
	om_emit_append(e, section, om_bytes(span) - span->pad, span->pad, 1);
	off = om_emit_append(e, section, om_bytes(span), span->size, align);
	append_zeros(e, section, islands.behind);
	if (e->out.arch->emit_behind)
		append_zeros(e, section, e->out.arch->emit_behind(e, span));
	return off;
}

static struct error *put_span(struct om_emit *e, struct om_span *span)
{
	bool string = span->section->class == OM_CLASS_STRINGS;
	const struct om_span *same = string ? same_string(e, span) : NULL;
	struct om_place *p = malloc(sizeof(*p));

	if (!p)
		return error_errno(ENOMEM, "%s", e->t->name);
	span->priv = p;
	if (same) {
		*p = *om_place_of(same);
		return NULL;
	}
	p->symbol = 0;
	p->section = section_for(e, span);
	p->off = span->section->class == OM_CLASS_TEXT ? put_function(e, p->section, span) :
							 om_emit_append(e, p->section, om_bytes(span), span->size, alignment(span));
	return string ? note_string(e, span) : NULL;
}

/* As much of it as its span has: what overlaps with the next function has the rest there. */
static uint64_t carried_size(const struct om_symbol *sym)
{
	uint64_t room = sym->span->size - sym->span_off;

	return sym->size < room ? sym->size : room;
}

/*
 * Data of an assembler file without SYM_DATA() is global and has no type. As it becomes local, it would be a label inside of something for
 * whoever reads the object (objmanip/span.c, starts_span()), and is nothing at all where it has no bytes. Code stays as it is: objtool
 * follows the stack through whatever is a function.
 */
static uint8_t type_of(const struct om_symbol *sym)
{
	return sym->type == STT_NOTYPE && !om_is_code(sym->span) ? STT_OBJECT : sym->type;
}

static uint32_t put_symbol(struct om_emit *e, const struct om_symbol *sym, const struct om_place *p)
{
	char *name = om_source_name(sym->name);
	uint32_t ret = 0;

	if (name)
		ret = om_out_symbol(&e->out, name, STB_LOCAL, type_of(sym), p->section, p->off + sym->span_off, carried_size(sym));
	else
		e->out.failed = true;
	if (!e->out.failed)
		e->out.symbols[ret].other = sym->other & ~3;	/* but for the visibility */
	free(name);
	return ret;
}

/* All names of carried things, local: tracing, kallsyms and later updates find them by these. */
static void put_symbols(struct om_emit *e, const struct om_obj *post)
{
	uint32_t file = om_out_symbol(&e->out, post->unit, STB_LOCAL, STT_FILE, 0, 0, 0);

	if (!e->out.failed)
		e->out.symbols[file].absolute = true;
	for (size_t i = 1; i < post->nr_symbols; i++) {
		const struct om_symbol *sym = &post->symbols[i];
		struct om_place *p = sym->span && sym->type != STT_SECTION ? sym->span->priv : NULL;
		const char *offered;
		uint32_t s;

		if (!p || !sym->name[0] || !sym->span->carried || sym->span->section->class == OM_CLASS_STRINGS ||
		    (sym->type == STT_NOTYPE && sym->bind == STB_LOCAL))
			continue;
		s = put_symbol(e, sym, p);
		if (sym == sym->span->symbol)
			p->symbol = s;
		offered = om_link_offered(e->t, post, sym);
		if (offered)
			om_out_symbol(&e->out, offered, STB_GLOBAL, type_of(sym), p->section, p->off + sym->span_off,
				      carried_size(sym));
	}
}

/* Calls @fn for every carried span, and every object in place. */
static struct error *for_carried(struct om_emit *e, struct error *(*fn)(struct om_emit *, struct om_span *))
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

static struct error *build(struct om_emit *e)
{
	struct error *err = for_carried(e, put_span);

	if (err)
		return err;
	for (size_t i = 0; i < e->t->nr_units; i++)
		put_symbols(e, e->t->units[i].post);
	if (e->out.arch->emit_begin)
		e->out.arch->emit_begin(e);
	err = for_carried(e, om_emit_references);
	err = err ?: om_emit_tables(e);
	om_out_section(&e->out, ".note.GNU-stack", SHT_PROGBITS, 0, 1);
	return err;
}

static struct error *forget_place(struct om_emit *e, struct om_span *span)
{
	free(span->priv);
	span->priv = NULL;
	return NULL;
}

struct error *om_target_emit_code(struct om_target *t, const char *path)
{
	struct om_emit e = { .t = t };
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
	free(e.toc);
	om_out_free(&e.out);
	return err;
}
