// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/dump-builder.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 0x1000
#define START_KERNEL_MAP 0xffffffff80000000ull
#define SEGMENTS_MAX 64

static const char banner[] = "Linux version 6.1.0-test (builder) #1 SMP\n";

static const struct {
	Elf64_Nhdr gnu;
	char name[4];
	uint8_t id[20];
} build_id = { { 4, 20, NT_GNU_BUILD_ID }, "GNU", { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 } };

struct dump {
	const struct db *d;
	struct kb kb;
	uint8_t *memory;	/* from _text on */
	size_t memory_size;
	Elf64_Phdr segments[SEGMENTS_MAX];
	size_t nr;
	char info[2048];
};

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

/* One page of text, then what the kallsyms need. */
static void make_memory(struct dump *dump)
{
	struct kb_sym syms[] = {
		{ "counter", 0x20, 'A' },
		{ "_stext", DB_TEXT, 'T' },
		{ "_text", DB_TEXT, 'T' },
		{ "show", DB_TEXT + 0x100, 't' },
		{ "linux_banner", DB_TEXT + DB_BANNER, 'D' },
		{ "__start___ksymtab", DB_TEXT + 0x700, 'R' },
		{ "__start___ksymtab_gpl", DB_TEXT + 0x700, 'R' },
		{ "__stop___ksymtab", DB_TEXT + 0x700, 'R' },
		{ "__stop___ksymtab_gpl", DB_TEXT + 0x700, 'R' },
		{ "__start_notes", DB_TEXT + DB_NOTES, 'R' },
		{ "__stop_notes", DB_TEXT + DB_NOTES + sizeof(build_id), 'R' },
		{ "_end", DB_TEXT + 4 * PAGE, 'B' },
	};

	kb_make(&dump->kb, dump->d->order, syms, sizeof(syms) / sizeof(syms[0]));
	dump->memory_size = 4 * PAGE;
	if (dump->kb.size > 3 * PAGE)
		abort();
	dump->memory = must(calloc(1, dump->memory_size));
	memset(dump->memory, 0xcc, PAGE);
	memcpy(dump->memory + DB_BANNER, banner, sizeof(banner));
	memcpy(dump->memory + DB_NOTES, &build_id, sizeof(build_id));
	memcpy(dump->memory + PAGE, dump->kb.bytes, dump->kb.size);
}

static void add_info(struct dump *dump, const char *key, const char *format, unsigned long long value)
{
	char line[128];
	int n;

	n = snprintf(line, sizeof(line), "%s=", key);
	n += snprintf(line + n, sizeof(line) - n, format, value);
	snprintf(line + n, sizeof(line) - n, "\n");
	if (!dump->d->without || strcmp(dump->d->without, key))
		strcat(dump->info, line);
}

static void make_info(struct dump *dump)
{
	const uint64_t tables = DB_TEXT + PAGE;

	add_info(dump, "OSRELEASE", "6.1.0-test", 0);
	add_info(dump, "SYMBOL(_stext)", "%llx", DB_TEXT);
	add_info(dump, "SYMBOL(kallsyms_names)", "%llx", tables + dump->kb.names);
	add_info(dump, "SYMBOL(kallsyms_num_syms)", "%llx", tables + dump->kb.num);
	add_info(dump, "SYMBOL(kallsyms_token_table)", "%llx", tables + dump->kb.tokens);
	add_info(dump, "SYMBOL(kallsyms_token_index)", "%llx", tables + dump->kb.index);
	add_info(dump, "SYMBOL(kallsyms_offsets)", "%llx", tables + dump->kb.offsets);
	add_info(dump, "SYMBOL(kallsyms_relative_base)", "%llx", tables + dump->kb.base);
	add_info(dump, "NUMBER(phys_base)", "%lld", DB_PHYS - (DB_TEXT - START_KERNEL_MAP));
	add_info(dump, "KERNELOFFSET", "%llx", DB_TEXT - 0xffffffff81000000ull);
	if (dump->d->info)
		snprintf(dump->info, sizeof(dump->info), "%s", dump->d->info);
}

static void add_segment(struct dump *dump, uint64_t phys, uint64_t virt, size_t from, size_t size)
{
	if (dump->nr == SEGMENTS_MAX)
		abort();
	dump->segments[dump->nr++] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_paddr = phys, .p_vaddr = virt, .p_offset = from,
						   .p_filesz = size, .p_memsz = size };
}

/* p_offset is as yet from the beginning of memory on. */
static void make_segments(struct dump *dump)
{
	dump->segments[dump->nr++] = (Elf64_Phdr){ .p_type = PT_NOTE };
	if (dump->d->paging) {
		add_segment(dump, ~0ull, 0xffffc90000000000, 0, PAGE);	/* as /proc/kcore has what is no memory */
		add_segment(dump, 0, 0xffff888000000000, PAGE, 3 * PAGE);
	}
	for (size_t at = 0; at < dump->memory_size; at += PAGE) {
		if (dump->d->hole && at == dump->d->hole)
			continue;
		add_segment(dump, DB_PHYS + at, dump->d->paging ? DB_TEXT + at : 0, at, PAGE);
		if (dump->d->paging)
			add_segment(dump, DB_PHYS + at, 0xffff888000000000 + DB_PHYS + at, at, PAGE);
	}
}

static size_t put_note(uint8_t *p, const char *name, const void *desc, size_t size)
{
	Elf64_Nhdr n = { .n_namesz = strlen(name) + 1, .n_descsz = size };
	size_t at = sizeof(n);

	memcpy(p, &n, sizeof(n));
	memcpy(p + at, name, n.n_namesz);
	at += (n.n_namesz + 3) & ~3u;
	memcpy(p + at, desc, size);
	return at + ((size + 3) & ~3u);
}

static void put_header(const struct dump *dump, uint8_t *file)
{
	Elf64_Ehdr *e = (Elf64_Ehdr *)file;
	Elf64_Shdr *s = (Elf64_Shdr *)(e + 1);

	memcpy(e->e_ident, ELFMAG, SELFMAG);
	e->e_ident[EI_CLASS] = ELFCLASS64;
	e->e_ident[EI_DATA] = ELFDATA2LSB;
	e->e_type = ET_CORE;
	e->e_machine = EM_X86_64;
	e->e_phentsize = sizeof(Elf64_Phdr);
	e->e_phoff = sizeof(*e) + sizeof(*s);
	e->e_shoff = sizeof(*e);
	e->e_phnum = dump->d->many ? PN_XNUM : dump->nr;
	s->sh_info = dump->nr;
}

void *db_make(const struct db *d, size_t *size)
{
	struct dump dump = { .d = d };
	uint8_t *file;
	size_t at, notes;

	make_memory(&dump);
	make_info(&dump);
	make_segments(&dump);
	file = must(calloc(1, sizeof(Elf64_Ehdr) + sizeof(Elf64_Shdr) + sizeof(dump.segments) + sizeof(dump.info) + 64 +
			      dump.memory_size));
	put_header(&dump, file);
	notes = ((Elf64_Ehdr *)file)->e_phoff + dump.nr * sizeof(Elf64_Phdr);
	at = notes + put_note(file + notes, "CORE", "prstatus", 8);
	at += put_note(file + at, "VMCOREINFO", dump.info, strlen(dump.info));
	dump.segments[0].p_offset = notes;
	dump.segments[0].p_filesz = at - notes;
	for (size_t i = 1; i < dump.nr; i++)
		dump.segments[i].p_offset += at;
	memcpy(file + ((Elf64_Ehdr *)file)->e_phoff, dump.segments, dump.nr * sizeof(Elf64_Phdr));
	memcpy(file + at, dump.memory, dump.memory_size);
	*size = at + dump.memory_size;
	free(dump.memory);
	kb_free(&dump.kb);
	return file;
}
