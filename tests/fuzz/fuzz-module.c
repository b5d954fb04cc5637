// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libFuzzer target: no file of a kernel module, no match module and no object with the kernel's layouts does more than be refused.
 *
 * Input: a byte that chooses the reader, and what it reads.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ksplice-create/module-image.h"
#include "objmanip/layout.h"
#include "objmanip/match-module.h"
#include "objmanip/match-show.h"
#include "tests/fuzz/check.h"

#define BASE	0xffffffffc0010000ull
#define PERCPU	0x20000

static FILE *nowhere;

static void refuse(struct error *err)
{
	check(err->text && *err->text);
	check(err->kind == ERROR_BAD_FILE || err->kind == ERROR_REFUSED || err->kind == ERROR_NO_MATCH ||
	      err->kind == ERROR_OTHER || err->kind == ERROR_SYSTEM);
	error_free(err);
}

static int file_of(const void *data, size_t size, char path[64])
{
	int fd = memfd_create("module", 0);

	check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

/* The kernel has every name that begins with a letter of the first half. */
static bool resolve(void *ctx, const char *name, uint64_t *addr)
{
	*addr = 0xffffffff81000000ull + strlen(name) * 16;
	return *name < 'n';
}

static void use(const struct module_image *m)
{
	static const char *const names[] = { "init_module", "cleanup_module", "f", "counter", "" };
	uint64_t addr, size = module_image_size(m);
	uint8_t buf[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const uint64_t *addrs;
		size_t n = module_image_find(m, names[i], &addrs);

		for (size_t k = 0; k < n; k++) {
			module_image_read(m, addrs[k], buf, sizeof(buf));
			module_image_symbol_at(m, addrs[k], &addr);
		}
		module_image_global(m, names[i], &addr);
		module_image_linkage(m, names[i]);
	}
	for (uint64_t off = 0; off < size; off += size / 8 + 1) {
		check(module_image_read(m, BASE + off, buf, sizeof(buf)) <= sizeof(buf));
		module_image_symbol_at(m, BASE + off, &addr);
	}
	check(!module_image_read(m, BASE + size, buf, sizeof(buf)));
}

static void fuzz_module(const void *data, size_t size)
{
	static const struct module_linker linker = { NULL, resolve };
	static const char *const tags[] = { "depends", "vermagic", "name", "" };
	struct module_image *m;
	struct error *err;
	char path[64];
	int fd = file_of(data, size, path);

	err = module_image_open(path, &m);
	if (!err) {
		for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
			const char *value = module_image_info(m, tags[i]);

			check(!value || strlen(value) < size);
		}
		check(!(module_image_size(m) % 4096));
		err = module_image_place(m, BASE, PERCPU, &linker);
		if (!err)
			use(m);
		module_image_close(m);
	}
	if (err)
		refuse(err);
	close(fd);
}

static void fuzz_match_module(const void *data, size_t size)
{
	/* As file_read() gives it: aligned as malloc() does. */
	void *image = malloc(size), *inside;
	size_t inside_size;
	struct error *err;

	check(image);
	memcpy(image, data, size);
	err = om_match_of_module("m.ko", image, size, &inside, &inside_size);
	free(image);
	if (!err && inside)
		err = om_match_show(nowhere, inside, inside_size, NULL);
	if (err)
		refuse(err);
	free(inside);
}

static void fuzz_layout(const void *data, size_t size)
{
	struct om_layout layout;
	struct error *err;
	char path[64];
	int fd = file_of(data, size, path);

	err = om_layout_read(path, &layout);
	if (err)
		refuse(err);
	else
		check(layout.version == OM_LAYOUT_VERSION);
	close(fd);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	nowhere = fopen("/dev/null", "w");
	check(nowhere);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const void *data, size_t size) = { fuzz_module, fuzz_match_module, fuzz_layout };

	if (size && data[0] < sizeof(readers) / sizeof(readers[0]))
		readers[data[0]](data + 1, size - 1);
	return 0;
}
