// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables for the core, struct ksplice_replacement and its like in kmodsrc/ksplice.h: 8-byte fields. */
#include "objmanip/emit-code.h"

#include <stdio.h>
#include <string.h>

#include "objmanip/author.h"
#include "objmanip/select.h"
#include "objmanip/symbols.h"

struct table {
	struct om_emit *e;
	uint32_t section;
	uint32_t entry;	/* bytes of one */
	uint64_t nr;
};

static void table_begin(struct om_emit *e, struct table *ret, const char *section, uint32_t entry)
{
	*ret = (struct table){ .e = e, .entry = entry };
	ret->section = om_out_section(&e->out, section, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 8);
}

/* Another entry, zero; returns where. */
static uint64_t table_add(struct table *tab)
{
	static const uint8_t zero[32];

	tab->nr++;
	return om_emit_append(tab->e, tab->section, zero, tab->entry, 8);
}

static void put_pointer(struct table *tab, uint64_t off, uint32_t sym, int64_t addend)
{
	om_out_reloc(&tab->e->out, tab->section, (struct om_out_reloc){
		.offset = off, .type = om_emit_pointer_reloc(tab->e->out.arch), .sym = sym, .addend = addend });
}

/* A pointer to carried @span. */
static void put_span_pointer(struct table *tab, uint64_t off, const struct om_span *span)
{
	const struct om_place *p = om_place_of(span);

	if (p->symbol)
		put_pointer(tab, off, p->symbol, 0);
	else
		put_pointer(tab, off, om_out_section_symbol(&tab->e->out, p->section), p->off);
}

static void put_string(struct table *tab, uint64_t off, const char *s)
{
	uint32_t strings = om_out_section_named(&tab->e->out, OM_STRINGS_SECTION, SHT_PROGBITS, SHF_ALLOC, 1);
	uint64_t at = om_emit_append(tab->e, strings, s, strlen(s) + 1, 1);

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
	om_emit_append(tab->e, count, &nr, sizeof(nr), 8);
	om_out_symbol(out, name, STB_GLOBAL, STT_OBJECT, count, 0, sizeof(nr));
}

/* An entry that begins with what the kernel has, what comes instead, and the name; *@ret is where. @what: for messages. */
static struct error *put_pair(struct table *tab, const struct om_span *span, const char *what, uint64_t *ret)
{
	const struct om_import *old = om_import_hooked(tab->e->t, span);

	if (!old || !om_place_of(span))
		return error_new(ERROR_OTHER, "%s: %s: %s, but not carried", span->obj->unit, span->name, what);
	*ret = table_add(tab);
	put_pointer(tab, *ret, om_emit_import(tab->e, old), 0);
	put_span_pointer(tab, *ret + 8, span);
	put_string(tab, *ret + 16, span->twin->name);
	return NULL;
}

static struct error *put_replacement(struct table *tab, const struct om_span *span)
{
	uint64_t off;

	return put_pair(tab, span, "replaced", &off);
}

static struct error *put_data(struct table *tab, const struct om_span *span)
{
	uint64_t off;
	struct error *err = put_pair(tab, span, "changed in place", &off);

	if (!err)
		put_number(tab, off + 24, span->size);
	return err;
}

static struct error *put_author_hooks(struct om_emit *e)
{
	struct table tab;

	table_begin(e, &tab, ".ksplice_author_hooks", 24);
	for (size_t i = 0; i < e->t->nr_author_hooks; i++) {
		const struct om_author_hook *h = &e->t->author_hooks[i];
		uint64_t off;

		if (!h->fn || !om_place_of(h->fn))
			return error_new(ERROR_OTHER, "%s: %s: a hook that is not carried", h->record->obj->unit,
					 h->record->name);
		off = table_add(&tab);
		put_number(&tab, off, h->phase);
		put_span_pointer(&tab, off + 8, h->fn);
		put_string(&tab, off + 16, h->fn->name);
	}
	table_end(&tab, "ksplice_author_hooks");
	return NULL;
}

struct error *om_emit_tables(struct om_emit *e)
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
	return put_author_hooks(e);
}
