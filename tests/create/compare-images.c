// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compare-images VMLINUZ VMLINUX <NAMES: looks whether both images say the same of each name, of its addresses and of what is
 * there; and what each exports.  Prints each difference, and at the end what was compared.  Status 1: they differ.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "ksplice-create/image.h"

struct counts {
	unsigned long names, symbols, percpu, unknown, absent, differ;
};

static struct image *must_open(const char *path)
{
	struct image *img;
	struct error *err = image_open(path, &img);

	if (!err)
		return img;
	fprintf(stderr, "%s\n", err->text);
	exit(2);
}

static void differs(struct counts *c, const char *name, const char *what)
{
	printf("%s: %s\n", name, what);
	c->differ++;
}

static void compare_place(const struct image *a, const struct image *b, const char *name, uint64_t addr, struct counts *c)
{
	char x[64], y[64];
	size_t n = image_read(a, addr, x, sizeof(x));
	uint64_t off;

	c->symbols++;
	if (image_read(b, addr, y, sizeof(y)) != n || memcmp(x, y, n))
		differs(c, name, "other bytes");
	if (!(addr >> 63)) {
		c->percpu++;
		return;
	}
	if (!image_symbol_at(a, addr, &off) || off)
		differs(c, name, "not found by its address");
}

static void compare_name(const struct image *a, const struct image *b, const char *name, struct counts *c)
{
	const uint64_t *x, *y;
	size_t n = image_find(a, name, &x);

	c->names++;
	if (!n) {
		printf("%s: not in the first\n", name);
		c->absent++;
		return;
	}
	if (image_find(b, name, &y) != n || memcmp(x, y, n * sizeof(*x))) {
		differs(c, name, "other addresses");
		return;
	}
	if (image_linkage(a, name) == LINKAGE_UNKNOWN)
		c->unknown++;
	else if (image_linkage(a, name) != image_linkage(b, name))
		differs(c, name, "global in one of them");
	for (size_t i = 0; i < n; i++)
		compare_place(a, b, name, x[i], c);
}

static void print_export(void *ctx, const struct image_export *e)
{
	fprintf(ctx, "%s %s %llx %x %d\n", e->name, e->namespace, (unsigned long long)e->addr, e->crc, e->gpl);
}

static char *exports_of(const struct image *img)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out || image_exports(img, print_export, out) || fclose(out))
		exit(2);
	return text;
}

static void compare_all(const struct image *a, const struct image *b, struct counts *c)
{
	if (strcmp(image_banner(a), image_banner(b)))
		differs(c, "banner", "another");
	if (strcmp(image_build_id(a), image_build_id(b)))
		differs(c, "build id", "another");
	if (strcmp(exports_of(a), exports_of(b)))
		differs(c, "exports", "others");
}

int main(int argc, char **argv)
{
	struct counts c = { 0 };
	struct image *a, *b;
	char *line = NULL;
	size_t size = 0;

	if (argc != 3)
		return 2;
	a = must_open(argv[1]);
	b = must_open(argv[2]);
	compare_all(a, b, &c);
	while (getline(&line, &size, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		compare_name(a, b, line, &c);
	}
	printf("%lu names, %lu of them not in the first; %lu symbols, %lu per-CPU, %lu of unknown linkage; %lu differences\n",
	       c.names, c.absent, c.symbols, c.percpu, c.unknown, c.differ);
	return c.differ != 0;
}
