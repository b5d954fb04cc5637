// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libFuzzer target: no kernel image does more than be refused.
 *
 * Input: a byte that chooses the reader, and what it reads.  For the kernel in a vmlinuz, its compression would stop nearly every
 * mutation, so the input is also taken for that kernel alone, and for nothing but its kallsyms.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ksplice-create/image.h"
#include "ksplice-create/kallsyms.h"
#include "tests/fuzz/check.h"
#include "tests/unit/image-builder.h"

static void refuse(struct error *err)
{
	check(err->text && *err->text);
	/* ERROR_OTHER: lzop is not there. */
	check(err->kind == ERROR_BAD_FILE || err->kind == ERROR_OTHER || err->kind == ERROR_SYSTEM);
	error_free(err);
}

static void count_export(void *ctx, const struct image_export *e)
{
	*(size_t *)ctx += strlen(e->name) + strlen(e->namespace);
}

static void use(const struct image *img)
{
	static const char *const names[] = { "show", "alone", "counter", "linux_banner", "" };
	size_t count = 0;
	uint8_t buf[64];
	struct error *err;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const uint64_t *addrs;
		size_t n = image_find(img, names[i], &addrs);
		uint64_t off;

		for (size_t k = 0; k < n; k++) {
			check(!k || addrs[k] > addrs[k - 1]);
			image_read(img, addrs[k], buf, sizeof(buf));
			image_symbol_at(img, addrs[k], &off);
		}
		image_linkage(img, names[i]);
	}
	image_read(img, IB_NOTES + 8, buf, sizeof(buf));
	err = image_exports(img, count_export, &count);
	if (err)
		refuse(err);
}

/* image_open() wants a file. */
static void fuzz_file(const void *data, size_t size)
{
	int fd = memfd_create("image", 0);
	struct image *img;
	struct error *err;
	char path[64];

	check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = image_open(path, &img);
	if (err) {
		refuse(err);
	} else {
		use(img);
		image_close(img);
	}
	close(fd);
}

static void fuzz_kallsyms(const void *data, size_t size)
{
	struct kallsyms k;
	struct error *err = kallsyms_read(&(struct kallsyms_bytes){ data, size }, 1, &k);

	/* What the image relies on without asking. */
	for (size_t i = 0; !err && i < k.nr; i++) {
		check(*k.syms[i].name && strlen(k.syms[i].name) < 512);
		check((k.syms[i].type == 'A') == !(k.syms[i].addr >> 63));
	}
	if (err)
		refuse(err);
	kallsyms_free(&k);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	/* No lzop for each input with lzo's magic. */
	return setenv("PATH", "/nonexistent", 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const void *data, size_t size) = { fuzz_file, fuzz_kallsyms };

	if (size && data[0] < sizeof(readers) / sizeof(readers[0]))
		readers[data[0]](data + 1, size - 1);
	return 0;
}
