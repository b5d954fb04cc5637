// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Takes the match data out of a match module.  It lies between two symbols, which kmodsrc/update/match-main.c sets; its
 * section may have another name than there, since the kernel's linker script for modules may merge sections
 * (scripts/module.lds.S does so with .rodata.* under CONFIG_LTO_CLANG).
 */
#include "objmanip/match-module.h"

#include <errno.h>
#include <libelf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct bounds {
	Elf64_Sym begin, end;	/* st_shndx 0: not found */
};

static void find_symbols(Elf *elf, Elf_Scn *scn, const Elf64_Shdr *sh, struct bounds *b)
{
	Elf_Data *data = elf_getdata(scn, NULL);

	for (size_t i = 0; data && i < data->d_size / sizeof(Elf64_Sym); i++) {
		const char *name;
		Elf64_Sym sym;

		/* Where the file has it, so perhaps not aligned. */
		memcpy(&sym, (const char *)data->d_buf + i * sizeof(sym), sizeof(sym));
		name = elf_strptr(elf, sh->sh_link, sym.st_name);
		if (name && !strcmp(name, "ksplice_match_data"))
			b->begin = sym;
		else if (name && !strcmp(name, "ksplice_match_data_end"))
			b->end = sym;
	}
}

static struct error *copy(Elf *elf, const char *path, const struct bounds *b, void **ret, size_t *size)
{
	Elf_Scn *scn = elf_getscn(elf, b->begin.st_shndx);
	Elf_Data *data = scn ? elf_rawdata(scn, NULL) : NULL;

	if (!data || !data->d_buf || b->end.st_shndx != b->begin.st_shndx || b->begin.st_value >= b->end.st_value ||
	    b->end.st_value > data->d_size)
		return error_new(ERROR_BAD_FILE, "%s: a match module whose match data has no end", path);
	*size = b->end.st_value - b->begin.st_value;
	*ret = malloc(*size);
	if (!*ret)
		return error_errno(ENOMEM, "%s", path);
	memcpy(*ret, (const char *)data->d_buf + b->begin.st_value, *size);
	return NULL;
}

struct error *om_match_of_module(const char *path, const void *image, size_t image_size, void **ret, size_t *size)
{
	struct bounds b = { 0 };
	struct error *err = NULL;
	Elf_Scn *scn = NULL;
	Elf *elf;

	*ret = NULL;
	elf_version(EV_CURRENT);
	/* libelf only reads from it, whatever its prototype says. */
	elf = elf_memory((char *)image, image_size);
	if (!elf || elf_kind(elf) != ELF_K_ELF || !elf64_getehdr(elf)) {
		elf_end(elf);
		return error_new(ERROR_BAD_FILE, "%s: no 64-bit ELF file", path);
	}
	/* libelf hands out pointers into the image; every assembler and linker aligns the table. */
	if (elf64_getehdr(elf)->e_shoff % sizeof(uint64_t)) {
		elf_end(elf);
		return error_new(ERROR_BAD_FILE, "%s: the section header table is not aligned", path);
	}
	while ((scn = elf_nextscn(elf, scn))) {
		const Elf64_Shdr *sh = elf64_getshdr(scn);

		if (sh && sh->sh_type == SHT_SYMTAB)
			find_symbols(elf, scn, sh, &b);
	}
	if (b.begin.st_shndx)
		err = copy(elf, path, &b, ret, size);
	elf_end(elf);
	return err;
}
