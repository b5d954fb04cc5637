/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a tiny kernel image: an ELF file with the sections that ksplice-create/image.c looks at. Aborts on failure. */
#ifndef TESTS_IMAGE_BUILDER_H
#define TESTS_IMAGE_BUILDER_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#define IB_TEXT 0xffffffff81000000ull	/* 0x1000 bytes, all int3 at first */
#define IB_BSS 0xffffffff81001000ull	/* 0x1000 bytes, right behind the text */
#define IB_RODATA 0xffffffff81800000ull	/* what ib_rodata() put there, or nothing */
#define IB_NOTES 0xffffffff82000000ull	/* a note of another owner, then the build id 0102..14 */

enum { IB_SHN_TEXT = 1, IB_SHN_PERCPU, IB_SHN_BSS, IB_SHN_NOTES, IB_SHN_SYMTAB, IB_SHN_STRTAB, IB_SHN_RODATA,
       IB_NR_SECTIONS };

struct ib {
	uint8_t text[0x1000];
	Elf64_Sym syms[64];
	size_t nr_syms;
	char strings[2048];
	size_t strings_len;
	const void *rodata;
	size_t rodata_size;
	int stripped;
};

void ib_init(struct ib *b);
void ib_sym(struct ib *b, const char *name, uint64_t value, unsigned shndx, unsigned type);	/* STT_* */
void ib_bind(struct ib *b, unsigned bind);	/* STB_* of the last symbol; STB_LOCAL at first */
void ib_func(struct ib *b, const char *name, uint64_t value, const void *code, size_t len);	/* in the text */
void ib_put(struct ib *b, uint64_t addr, const void *bytes, size_t len);			/* likewise */
void ib_rodata(struct ib *b, const void *bytes, size_t len);	/* borrowed until ib_finish() */
void ib_strip(struct ib *b);					/* of its symbol table */
/* The file's bytes, to be freed; ib_section() finds a section header in them. */
uint8_t *ib_finish(const struct ib *b, size_t *size);
Elf64_Shdr *ib_section(uint8_t *file, unsigned shndx);
/* Writes bytes to a new file, whose path is to be unlinked and freed. */
char *ib_write(const void *bytes, size_t size);

#endif
