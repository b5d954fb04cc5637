// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * true-addresses VMLINUX: where the linker put what, by the debug package's symbol table: a line "UNIT NAME ADDRESS" for each symbol.
 * UNIT is "-" for what is global.  A static one belongs to the compilation unit that .debug_aranges has at its address or, as data
 * has none there, at the addresses of the functions listed with it behind one STT_FILE symbol; "?FILE" where there are none.
 */
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* All that stands behind one STT_FILE symbol. */
struct group {
	const char *file;
	size_t from, to;	/* symbols */
};

static const char *skip_to(const char *name, const char *mark)
{
	const char *at = strstr(name, mark);

	at = at ? strchr(at + 1, '/') : NULL;
	return at ? at + 1 : name;
}

/* "fs/proc/base.o"; NULL: no unit is known there. */
static char *unit_at(Dwarf_Aranges *aranges, Dwarf *dw, GElf_Addr addr)
{
	Dwarf_Arange *range = dwarf_getarange_addr(aranges, addr);
	Dwarf_Off off;
	Dwarf_Die die;
	char *unit;

	if (!range || dwarf_getarangeinfo(range, NULL, NULL, &off) || !dwarf_offdie(dw, off, &die) || !dwarf_diename(&die))
		return NULL;
	/* Assembler files have the whole path, up to the source package's directory linux-VERSION. */
	unit = strdup(skip_to(dwarf_diename(&die), "/linux-"));
	if (unit && strlen(unit) > 2)
		unit[strlen(unit) - 1] = 'o';
	return unit;
}

static bool is_code(const GElf_Sym *sym)
{
	return GELF_ST_TYPE(sym->st_info) == STT_FUNC;
}

static void print_group(Elf_Data *syms, Elf *elf, size_t strings, Dwarf *dw, Dwarf_Aranges *aranges, const struct group *g)
{
	char *unit = NULL, *own;
	GElf_Sym sym;

	for (size_t i = g->from; !unit && i < g->to; i++)
		if (gelf_getsym(syms, (int)i, &sym) && is_code(&sym))
			unit = unit_at(aranges, dw, sym.st_value);
	for (size_t i = g->from; i < g->to; i++) {
		if (!gelf_getsym(syms, (int)i, &sym) || sym.st_shndx == SHN_UNDEF)
			continue;
		own = is_code(&sym) ? unit_at(aranges, dw, sym.st_value) : NULL;
		if (GELF_ST_BIND(sym.st_info) != STB_LOCAL)
			printf("-");
		else if (own ?: unit)
			printf("%s", own ?: unit);
		else
			printf("?%s", g->file);
		printf(" %s %llx\n", elf_strptr(elf, strings, sym.st_name), (unsigned long long)sym.st_value);
		free(own);
	}
	free(unit);
}

static int print_all(Elf_Data *syms, Elf *elf, const GElf_Shdr *table, Dwarf *dw)
{
	size_t nr = table->sh_size / table->sh_entsize, nr_ranges;
	struct group g = {"", 0, 0};
	Dwarf_Aranges *aranges;
	GElf_Sym sym;

	if (dwarf_getaranges(dw, &aranges, &nr_ranges))
		return 1;
	for (size_t i = 0; i < nr; i++) {
		if (!gelf_getsym(syms, (int)i, &sym) || GELF_ST_TYPE(sym.st_info) != STT_FILE)
			continue;
		g.to = i;
		print_group(syms, elf, table->sh_link, dw, aranges, &g);
		g = (struct group){elf_strptr(elf, table->sh_link, sym.st_name), i + 1, 0};
	}
	g.to = nr;
	print_group(syms, elf, table->sh_link, dw, aranges, &g);
	return 0;
}

int main(int argc, char **argv)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr shdr;
	Dwarf *dw;
	Elf *elf;
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

	elf_version(EV_CURRENT);
	elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ_MMAP, NULL);
	dw = elf ? dwarf_begin_elf(elf, DWARF_C_READ, NULL) : NULL;
	while (dw && (scn = elf_nextscn(elf, scn)))
		if (gelf_getshdr(scn, &shdr) && shdr.sh_type == SHT_SYMTAB)
			return print_all(elf_getdata(scn, NULL), elf, &shdr, dw);
	fprintf(stderr, "Usage: true-addresses VMLINUX, with symbols and debugging information\n");
	return 2;
}
