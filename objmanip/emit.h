/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An object file being written: sections, symbols and relocations are added, then all is written at once.
 * emit-code.c decides what goes in; emit-elf.c writes.
 */
#ifndef OBJMANIP_EMIT_H
#define OBJMANIP_EMIT_H

#include "objmanip/arch.h"
#include "objmanip/buf.h"

struct om_out_reloc {
	uint64_t offset;
	uint32_t type, sym;	/* sym: as returned by om_out_symbol() */
	int64_t addend;
};

struct om_out_section {
	char *name;		/* owned */
	uint32_t type;
	uint64_t flags, align, entsize;
	struct om_buf data;
	uint64_t nobits;	/* size, for SHT_NOBITS */
	struct om_out_reloc *relocs;
	size_t nr_relocs, room;
	uint32_t symbol;	/* its STT_SECTION symbol, or 0 */
};

struct om_out_symbol {
	char *name;		/* owned */
	uint8_t bind, type;
	uint8_t other;		/* st_other */
	uint32_t section;	/* index as returned by om_out_section(), 0: undefined */
	bool absolute;		/* SHN_ABS: the STT_FILE symbols */
	uint64_t value, size;
	uint32_t index;		/* in the file; emit-elf.c */
};

struct om_out {
	const struct om_arch *arch;
	struct om_out_section *sections;	/* [0] unused */
	size_t nr_sections;
	struct om_out_symbol *symbols;		/* [0] unused */
	size_t nr_symbols;
	bool failed;				/* out of memory: nothing in here may be written */
};

void om_out_init(struct om_out *out, const struct om_arch *arch);
void om_out_free(struct om_out *out);
/* Index of a new section. @name is copied. */
uint32_t om_out_section(struct om_out *out, const char *name, uint32_t type, uint64_t flags, uint64_t align);
/* Index of the section of that name, made if it is not there yet. */
uint32_t om_out_section_named(struct om_out *out, const char *name, uint32_t type, uint64_t flags, uint64_t align);
/* Index of a new symbol. @name is copied; section 0: undefined. */
uint32_t om_out_symbol(struct om_out *out, const char *name, uint8_t bind, uint8_t type, uint32_t section,
		       uint64_t value, uint64_t size);
uint32_t om_out_section_symbol(struct om_out *out, uint32_t section);
void om_out_reloc(struct om_out *out, uint32_t section, struct om_out_reloc rel);
/* Writes the file. */
struct error *om_out_write(struct om_out *out, const char *path);

#endif
