// SPDX-License-Identifier: GPL-2.0-or-later
/* Maps ELF files, and looks whether they hold together. */
#include "ksplice-create/elf-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct error *elf_file_bad(const struct elf_file *f, const char *what)
{
	return error_new(ERROR_BAD_FILE, "%s: %s", f->path, what);
}

static struct error *map(struct elf_file *f)
{
	int fd = open(f->path, O_RDONLY | O_CLOEXEC);
	struct error *err = NULL;
	struct stat st;
	void *p;

	if (fd < 0)
		return error_errno(errno, "%s", f->path);
	if (fstat(fd, &st)) {
		err = error_errno(errno, "%s", f->path);
	} else if (!S_ISREG(st.st_mode) || !st.st_size) {
		err = elf_file_bad(f, "not an ELF file");
	} else {
		p = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED) {
			err = error_errno(errno, "%s", f->path);
		} else {
			f->data = p;
			f->size = st.st_size;
		}
	}
	close(fd);
	return err;
}

const void *elf_file_at(const struct elf_file *f, uint64_t off, uint64_t count, uint64_t size, uint64_t align)
{
	if (off > f->size || off % align || (size && count > (f->size - off) / size))
		return NULL;
	return f->data + off;
}

struct error *elf_file_map(const char *path, struct elf_file *ret)
{
	*ret = (struct elf_file){ .path = strdup(path) };
	return ret->path ? map(ret) : error_errno(ENOMEM, "%s", path);
}

void elf_file_take(struct elf_file *f, void *data, size_t size)
{
	munmap((void *)f->data, f->size);
	f->data = data;
	f->size = size;
}

struct error *elf_file_check(struct elf_file *f, const char *wanted)
{
	const Elf64_Ehdr *e = (const Elf64_Ehdr *)f->data;

	if (f->size < sizeof(*e) || memcmp(e->e_ident, ELFMAG, SELFMAG))
		return error_new(ERROR_BAD_FILE, "%s: not an ELF file; %s", f->path, wanted);
	if (e->e_ident[EI_CLASS] != ELFCLASS64 || e->e_ident[EI_DATA] != ELFDATA2LSB)
		return elf_file_bad(f, "not a 64-bit little-endian ELF file");
	if (e->e_machine != EM_X86_64 && e->e_machine != EM_PPC64)
		return elf_file_bad(f, "made for a machine that is not supported");
	if (e->e_shentsize != sizeof(Elf64_Shdr))
		return elf_file_bad(f, "has no section table");
	f->type = e->e_type;
	f->sections = elf_file_at(f, e->e_shoff, e->e_shnum, sizeof(Elf64_Shdr), 8);
	f->nr_sections = e->e_shnum;
	if (!f->sections || !f->nr_sections)
		return elf_file_bad(f, "its section table is not inside the file");
	for (size_t i = 0; i < f->nr_sections; i++) {
		const Elf64_Shdr *s = &f->sections[i];

		if (s->sh_type != SHT_NOBITS && !elf_file_at(f, s->sh_offset, s->sh_size, 1, 1))
			return elf_file_bad(f, "a section reaches beyond the end of the file");
		if (s->sh_addr + s->sh_size < s->sh_addr)
			return elf_file_bad(f, "a section wraps around the address space");
	}
	return NULL;
}

struct error *elf_file_open(const char *path, const char *wanted, struct elf_file *ret)
{
	struct error *err = elf_file_map(path, ret);

	return err ?: elf_file_check(ret, wanted);
}

void elf_file_close(struct elf_file *f)
{
	if (f->data)
		munmap((void *)f->data, f->size);
	free(f->path);
	*f = (struct elf_file){ 0 };
}

/* The string table @section; NULL: it is none, or has no end. */
static const char *strings_of(const struct elf_file *f, size_t section, size_t *size)
{
	const Elf64_Shdr *s = section < f->nr_sections ? &f->sections[section] : NULL;
	const char *strings;

	if (!s || s->sh_type != SHT_STRTAB || !s->sh_size)
		return NULL;
	strings = (const char *)f->data + s->sh_offset;
	*size = s->sh_size;
	return strings[s->sh_size - 1] ? NULL : strings;
}

struct error *elf_file_symbols(const struct elf_file *f, struct elf_symbols *ret)
{
	const Elf64_Shdr *tab = NULL;
	size_t size = 0;

	*ret = (struct elf_symbols){ 0 };
	for (size_t i = 0; i < f->nr_sections; i++)
		if (f->sections[i].sh_type == SHT_SYMTAB)
			tab = &f->sections[i];
	if (!tab)
		return NULL;
	ret->strings = strings_of(f, tab->sh_link, &size);
	ret->nr = tab->sh_size / sizeof(*ret->syms);
	ret->syms = elf_file_at(f, tab->sh_offset, ret->nr, sizeof(*ret->syms), 8);
	if (tab->sh_entsize != sizeof(*ret->syms) || !ret->strings || !ret->syms)
		return elf_file_bad(f, "its symbol table is damaged");
	for (size_t i = 0; i < ret->nr; i++)
		if (ret->syms[i].st_name >= size)
			return elf_file_bad(f, "its symbol table is damaged");
	return NULL;
}

const char *elf_file_section_name(const struct elf_file *f, size_t section)
{
	const Elf64_Ehdr *e = (const Elf64_Ehdr *)f->data;
	size_t size = 0;
	const char *names = strings_of(f, e->e_shstrndx, &size);

	if (!names || section >= f->nr_sections || f->sections[section].sh_name >= size)
		return NULL;
	return names + f->sections[section].sh_name;
}
