// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/image-builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

void ib_init(struct ib *b)
{
	memset(b, 0, sizeof(*b));
	memset(b->text, 0xcc, sizeof(b->text));
	b->strings_len = 1;
	b->nr_syms = 1;
}

void ib_sym(struct ib *b, const char *name, uint64_t value, unsigned shndx, unsigned type)
{
	size_t len = strlen(name) + 1;

	if (b->nr_syms == sizeof(b->syms) / sizeof(b->syms[0]) || b->strings_len + len > sizeof(b->strings))
		abort();
	b->syms[b->nr_syms++] = (Elf64_Sym){
		.st_name = b->strings_len,
		.st_info = ELF64_ST_INFO(STB_LOCAL, type),
		.st_shndx = shndx,
		.st_value = value,
	};
	memcpy(b->strings + b->strings_len, name, len);
	b->strings_len += len;
}

void ib_put(struct ib *b, uint64_t addr, const void *bytes, size_t len)
{
	if (addr < IB_TEXT || addr - IB_TEXT + len > sizeof(b->text))
		abort();
	memcpy(b->text + (addr - IB_TEXT), bytes, len);
}

void ib_bind(struct ib *b, unsigned bind)
{
	Elf64_Sym *s = &b->syms[b->nr_syms - 1];

	s->st_info = ELF64_ST_INFO(bind, ELF64_ST_TYPE(s->st_info));
}

void ib_func(struct ib *b, const char *name, uint64_t value, const void *code, size_t len)
{
	ib_sym(b, name, value, IB_SHN_TEXT, STT_FUNC);
	ib_put(b, value, code, len);
}

void ib_rodata(struct ib *b, const void *bytes, size_t len)
{
	b->rodata = bytes;
	b->rodata_size = len;
}

void ib_strip(struct ib *b)
{
	b->stripped = 1;
}

static const struct {
	Elf64_Nhdr xen;
	char xen_name[4];
	char xen_desc[8];	/* 6 bytes, padded */
	Elf64_Nhdr gnu;
	char gnu_name[4];
	uint8_t id[20];
} notes = {
	{ 4, 6, 6 }, "Xen", "linux",
	{ 4, 20, NT_GNU_BUILD_ID }, "GNU",
	{ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 },
};

Elf64_Shdr *ib_section(uint8_t *file, unsigned shndx)
{
	return (Elf64_Shdr *)(file + ((Elf64_Ehdr *)file)->e_shoff) + shndx;
}

/* Puts the contents of a section at the end of the file and fills in where they are. */
static void place(uint8_t *file, size_t *end, unsigned shndx, const void *data, size_t size)
{
	Elf64_Shdr *s = ib_section(file, shndx);

	*end = (*end + 15) & ~(size_t)15;
	s->sh_offset = *end;
	s->sh_size = size;
	memcpy(file + *end, data, size);
	*end += size;
}

/* In memory of its own size, for the sanitizers. */
static uint8_t *finish(uint8_t *file, size_t size)
{
	uint8_t *exact = must(malloc(size));

	memcpy(exact, file, size);
	free(file);
	return exact;
}

uint8_t *ib_finish(const struct ib *b, size_t *size)
{
	uint8_t *file = must(calloc(1, 0x4000 + b->rodata_size));
	Elf64_Ehdr *e = (Elf64_Ehdr *)file;
	uint8_t percpu[64] = { 0 };

	memcpy(e->e_ident, ELFMAG, SELFMAG);
	e->e_ident[EI_CLASS] = ELFCLASS64;
	e->e_ident[EI_DATA] = ELFDATA2LSB;
	e->e_type = ET_EXEC;
	e->e_machine = EM_X86_64;
	e->e_shentsize = sizeof(Elf64_Shdr);
	e->e_shoff = sizeof(*e);
	e->e_shnum = IB_NR_SECTIONS;
	*size = sizeof(*e) + IB_NR_SECTIONS * sizeof(Elf64_Shdr);
	*ib_section(file, IB_SHN_TEXT) =
		(Elf64_Shdr){ .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC, .sh_addr = IB_TEXT };
	*ib_section(file, IB_SHN_PERCPU) = (Elf64_Shdr){ .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC };
	*ib_section(file, IB_SHN_BSS) = (Elf64_Shdr){
		.sh_type = SHT_NOBITS, .sh_flags = SHF_ALLOC, .sh_addr = IB_BSS, .sh_size = 0x1000, .sh_offset = 1 << 30 };
	*ib_section(file, IB_SHN_NOTES) =
		(Elf64_Shdr){ .sh_type = SHT_NOTE, .sh_flags = SHF_ALLOC, .sh_addr = IB_NOTES };
	place(file, size, IB_SHN_TEXT, b->text, sizeof(b->text));
	place(file, size, IB_SHN_PERCPU, percpu, sizeof(percpu));
	place(file, size, IB_SHN_NOTES, &notes, sizeof(notes));
	if (b->rodata) {
		*ib_section(file, IB_SHN_RODATA) =
			(Elf64_Shdr){ .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC, .sh_addr = IB_RODATA };
		place(file, size, IB_SHN_RODATA, b->rodata, b->rodata_size);
	}
	if (b->stripped)
		return finish(file, *size);
	*ib_section(file, IB_SHN_SYMTAB) =
		(Elf64_Shdr){ .sh_type = SHT_SYMTAB, .sh_link = IB_SHN_STRTAB, .sh_entsize = sizeof(Elf64_Sym) };
	*ib_section(file, IB_SHN_STRTAB) = (Elf64_Shdr){ .sh_type = SHT_STRTAB };
	place(file, size, IB_SHN_SYMTAB, b->syms, b->nr_syms * sizeof(b->syms[0]));
	place(file, size, IB_SHN_STRTAB, b->strings, b->strings_len);
	return finish(file, *size);
}

char *ib_write(const void *bytes, size_t size)
{
	const char *dir = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	char *path = must(malloc(strlen(dir) + 32));
	FILE *f;
	int fd;

	sprintf(path, "%s/ksplice-test-XXXXXX", dir);
	fd = mkstemp(path);
	f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!f || fwrite(bytes, 1, size, f) != size || fclose(f))
		abort();
	return path;
}
