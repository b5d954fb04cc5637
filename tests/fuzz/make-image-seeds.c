// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes inputs to begin with for fuzz-image into a directory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/dump-builder.h"
#include "tests/unit/image-builder.h"
#include "tests/unit/kallsyms-builder.h"
#include "tests/unit/vmlinuz-builder.h"

enum { READER_FILE, READER_KALLSYMS };

static const char *dir;

static void write_seed(const char *name, char reader, const void *data, size_t size)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || putc(reader, f) == EOF || fwrite(data, 1, size, f) != size || fclose(f)) {
		perror(path);
		exit(1);
	}
}

/* With a banner, and the smallest table of exports there is: none. */
static void add_symbols(struct ib *b)
{
	static const char *const tables[] = { "__start___ksymtab", "__stop___ksymtab", "__start___ksymtab_gpl", "__stop___ksymtab_gpl" };
	static const char banner[] = "Linux version 6.1.0-test\n";

	ib_init(b);
	ib_func(b, "show", IB_TEXT + 0x100, "\xc3", 1);
	ib_func(b, "linux_banner", IB_TEXT + 0x400, banner, sizeof(banner));
	for (size_t i = 0; i < 4; i++)
		ib_sym(b, tables[i], IB_TEXT + 0x800, IB_SHN_TEXT, STT_NOTYPE);
}

static void write_kernels(const struct kb *kb, enum kb_order order)
{
	uint8_t *file, *packed;
	char name[32];
	struct ib b;
	size_t size, packed_size;

	add_symbols(&b);
	ib_rodata(&b, kb->bytes, kb->size);
	ib_strip(&b);
	file = ib_finish(&b, &size);
	snprintf(name, sizeof(name), "stripped-%u", order);
	write_seed(name, READER_FILE, file, size);
	for (enum vb_format format = 0; order == KB_6_1 && format < VB_NR_FORMATS; format++) {
		packed = vb_vmlinuz(format, file, size, &packed_size);
		snprintf(name, sizeof(name), "vmlinuz-%u", format);
		write_seed(name, READER_FILE, packed, packed_size);
		free(packed);
	}
	free(file);
}

static void write_dump(const struct db *d)
{
	size_t size;
	void *file = db_make(d, &size);
	char name[32];

	snprintf(name, sizeof(name), "dump-%u", d->order);
	write_seed(name, READER_FILE, file, size);
	free(file);
}

int main(int argc, char **argv)
{
	static const struct kb_sym syms[] = {
		{ "counter", 0x20, 'A' },
		{ "show", IB_TEXT + 0x100, 'T' },
		{ "linux_banner", IB_TEXT + 0x400, 'D' },
		{ "__start___ksymtab", IB_TEXT + 0x800, 'R' },
		{ "__stop___ksymtab", IB_TEXT + 0x800, 'R' },
		{ "__start___ksymtab_gpl", IB_TEXT + 0x800, 'R' },
		{ "__stop___ksymtab_gpl", IB_TEXT + 0x800, 'R' },
	};
	uint8_t *file;
	struct ib b;
	size_t size;

	if (argc != 2)
		return 2;
	dir = argv[1];
	add_symbols(&b);
	file = ib_finish(&b, &size);
	write_seed("vmlinux", READER_FILE, file, size);
	free(file);
	for (enum kb_order order = 0; order < KB_NR_ORDERS; order++) {
		char name[32];
		struct kb kb;

		kb_make(&kb, order, syms, sizeof(syms) / sizeof(syms[0]));
		snprintf(name, sizeof(name), "kallsyms-%u", order);
		write_seed(name, READER_KALLSYMS, kb.bytes, kb.size);
		write_kernels(&kb, order);
		kb_free(&kb);
		write_dump(&(struct db){ .order = order, .paging = order == KB_6_1, .many = order == KB_6_4 });
	}
	return 0;
}
