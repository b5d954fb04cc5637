// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Module.symvers out of a kernel image: the names that vmlinux exports, and their CRCs.
 *
 * __ksymtab and __ksymtab_gpl hold struct kernel_symbol (include/linux/export.h), with CONFIG_HAVE_ARCH_PREL32_RELOCATIONS
 * three self-relative 32-bit offsets: value, name, namespace (0: none).  __kcrctab and __kcrctab_gpl hold one 32-bit CRC
 * each, index by index beside them (since v5.19; before, they were relocations).
 */
#include "ksplice-create/image.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"

#define ENTRY_SIZE 12
#define NAME_FIELD 4
#define NAMESPACE_FIELD 8

struct table {
	uint64_t start, stop, crcs;	/* addresses; crcs 0: the kernel has no MODVERSIONS */
	const char *suffix;		/* of EXPORT_SYMBOL */
};

static uint64_t address_of(const struct image *img, const char *name)
{
	const uint64_t *addrs;

	return image_find(img, name, &addrs) == 1 ? addrs[0] : 0;
}

static struct error *find_table(const struct image *img, const char *suffix, const char *export, struct table *ret)
{
	char name[64];

	snprintf(name, sizeof(name), "__start___ksymtab%s", suffix);
	ret->start = address_of(img, name);
	snprintf(name, sizeof(name), "__stop___ksymtab%s", suffix);
	ret->stop = address_of(img, name);
	snprintf(name, sizeof(name), "__start___kcrctab%s", suffix);
	ret->crcs = address_of(img, name);
	ret->suffix = export;
	if (!ret->start || ret->stop < ret->start || (ret->stop - ret->start) % ENTRY_SIZE)
		return error_new(ERROR_BAD_FILE, "%s: has no table __ksymtab%s of the form that is known",
				 image_path(img), suffix);
	return NULL;
}

/* The string that the self-relative field at @addr points to. */
static bool read_string(const struct image *img, uint64_t addr, char *buf, size_t size)
{
	int32_t off;
	size_t n;

	if (image_read(img, addr, &off, sizeof(off)) != sizeof(off))
		return false;
	buf[0] = '\0';
	if (!off)
		return true;
	n = image_read(img, addr + (int64_t)off, buf, size);
	return memchr(buf, '\0', n);
}

static struct error *write_entry(const struct image *img, const struct table *t, uint64_t i, FILE *out)
{
	uint64_t entry = t->start + i * ENTRY_SIZE;
	char name[512], namespace[512];
	uint32_t crc = 0;

	if (!read_string(img, entry + NAME_FIELD, name, sizeof(name)) || !*name ||
	    !read_string(img, entry + NAMESPACE_FIELD, namespace, sizeof(namespace)) ||
	    (t->crcs && image_read(img, t->crcs + i * sizeof(crc), &crc, sizeof(crc)) != sizeof(crc)))
		return error_new(ERROR_BAD_FILE, "%s: entry %llu of its exported symbols is damaged", image_path(img),
				 (unsigned long long)i);
	/* As write_dump() in scripts/mod/modpost.c has it. */
	fprintf(out, "0x%08x\t%s\tvmlinux\tEXPORT_SYMBOL%s\t%s\n", crc, name, t->suffix, namespace);
	return NULL;
}

static struct error *write_table(const struct image *img, const struct table *t, FILE *out)
{
	uint64_t nr = (t->stop - t->start) / ENTRY_SIZE;
	struct error *err = NULL;

	for (uint64_t i = 0; i < nr && !err; i++)
		err = write_entry(img, t, i, out);
	return err;
}

struct error *image_symvers(const struct image *img, const char *path)
{
	struct table plain, gpl;
	struct error *err;
	char *text = NULL;
	size_t size;
	FILE *out;

	err = find_table(img, "", "", &plain);
	err = err ?: find_table(img, "_gpl", "_GPL", &gpl);
	if (err)
		return err;
	out = open_memstream(&text, &size);
	if (!out)
		return error_errno(errno, "%s", path);
	err = write_table(img, &plain, out);
	err = err ?: write_table(img, &gpl, out);
	if (fclose(out) && !err)
		err = error_errno(errno, "%s", path);
	err = err ?: file_replace(path, 0644, text, size);
	free(text);
	return err;
}
