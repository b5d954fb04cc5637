// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What vmlinux exports, out of a kernel image, and as Module.symvers.
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
#define VALUE_FIELD 0
#define NAME_FIELD 4
#define NAMESPACE_FIELD 8

struct table {
	uint64_t start, stop, crcs;	/* addresses; crcs 0: the kernel has no MODVERSIONS */
	bool gpl;
};

static uint64_t address_of(const struct image *img, const char *name)
{
	const uint64_t *addrs;

	return image_find(img, name, &addrs) == 1 ? addrs[0] : 0;
}

static struct error *find_table(const struct image *img, bool gpl, struct table *ret)
{
	const char *suffix = gpl ? "_gpl" : "";
	char name[64];

	snprintf(name, sizeof(name), "__start___ksymtab%s", suffix);
	ret->start = address_of(img, name);
	snprintf(name, sizeof(name), "__stop___ksymtab%s", suffix);
	ret->stop = address_of(img, name);
	snprintf(name, sizeof(name), "__start___kcrctab%s", suffix);
	ret->crcs = address_of(img, name);
	ret->gpl = gpl;
	if (!ret->start || ret->stop < ret->start || (ret->stop - ret->start) % ENTRY_SIZE)
		return error_new(ERROR_BAD_FILE, "%s: has no table __ksymtab%s of the form that is known",
				 image_path(img), suffix);
	return NULL;
}

/* Where the self-relative field at @addr points to; 0: nowhere. */
static bool read_pointer(const struct image *img, uint64_t addr, uint64_t *ret)
{
	int32_t off;

	if (image_read(img, addr, &off, sizeof(off)) != sizeof(off))
		return false;
	*ret = off ? addr + (int64_t)off : 0;
	return true;
}

static bool read_string(const struct image *img, uint64_t addr, char *buf, size_t size)
{
	uint64_t string;
	size_t n;

	if (!read_pointer(img, addr, &string))
		return false;
	buf[0] = '\0';
	n = string ? image_read(img, string, buf, size) : 1;
	return memchr(buf, '\0', n);
}

static struct error *read_entry(const struct image *img, const struct table *t, uint64_t i,
				void (*each)(void *ctx, const struct image_export *e), void *ctx)
{
	uint64_t entry = t->start + i * ENTRY_SIZE;
	char name[512], namespace[512];
	struct image_export e = { .name = name, .namespace = namespace, .gpl = t->gpl };

	if (!read_pointer(img, entry + VALUE_FIELD, &e.addr) ||
	    !read_string(img, entry + NAME_FIELD, name, sizeof(name)) || !*name ||
	    !read_string(img, entry + NAMESPACE_FIELD, namespace, sizeof(namespace)) ||
	    (t->crcs && image_read(img, t->crcs + i * sizeof(e.crc), &e.crc, sizeof(e.crc)) != sizeof(e.crc)))
		return error_new(ERROR_BAD_FILE, "%s: entry %llu of its exported symbols is damaged", image_path(img),
				 (unsigned long long)i);
	each(ctx, &e);
	return NULL;
}

struct error *image_exports(const struct image *img, void (*each)(void *ctx, const struct image_export *e), void *ctx)
{
	for (unsigned gpl = 0; gpl <= 1; gpl++) {
		struct table t;
		struct error *err = find_table(img, gpl, &t);

		for (uint64_t i = 0; !err && i < (t.stop - t.start) / ENTRY_SIZE; i++)
			err = read_entry(img, &t, i, each, ctx);
		if (err)
			return err;
	}
	return NULL;
}

/* As write_dump() in scripts/mod/modpost.c has it. */
static void write_line(void *ctx, const struct image_export *e)
{
	fprintf(ctx, "0x%08x\t%s\tvmlinux\tEXPORT_SYMBOL%s\t%s\n", e->crc, e->name, e->gpl ? "_GPL" : "", e->namespace);
}

struct error *image_symvers(const struct image *img, const char *path)
{
	struct error *err;
	char *text = NULL;
	size_t size;
	FILE *out;

	out = open_memstream(&text, &size);
	if (!out)
		return error_errno(errno, "%s", path);
	err = image_exports(img, write_line, out);
	if (fclose(out) && !err)
		err = error_errno(errno, "%s", path);
	err = err ?: file_replace(path, 0644, text, size);
	free(text);
	return err;
}
