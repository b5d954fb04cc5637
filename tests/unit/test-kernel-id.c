// SPDX-License-Identifier: GPL-2.0-or-later
/* Which kernel runs: ELF notes of any shape, and each thing in which two kernels can differ. */
#include "tests/unit/cmocka-all.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-apply/kernel-id.h"

struct buf {
	unsigned char data[4096];
	size_t size;
};

static void add_note(struct buf *b, uint32_t type, const char *name, uint32_t namesz, const void *desc,
		     uint32_t descsz)
{
	Elf64_Nhdr n = { namesz, descsz, type };

	memcpy(b->data + b->size, &n, sizeof(n));
	b->size += sizeof(n);
	memcpy(b->data + b->size, name, namesz);
	b->size += (namesz + 3) & ~3u;
	memcpy(b->data + b->size, desc, descsz);
	b->size += (descsz + 3) & ~3u;
}

/* As in a stock kernel: the GNU note is not the first, and others of its type come before it. */
static void build(struct buf *b)
{
	memset(b, 0, sizeof(*b));
	add_note(b, 1, "Xen", 4, "\1\2\3\4\5", 5);
	add_note(b, NT_GNU_BUILD_ID, "Linux", 6, "zzzz", 4);
	add_note(b, NT_GNU_BUILD_ID, "GNU", 4, "\x0a\x1b\x2c\x3d\x4e", 5);
	add_note(b, 2, "Linux", 6, "", 1);
}

/* The bytes alone in a block of their own, so that a read behind them is seen. */
static struct error *parse(const void *data, size_t size, char *hex)
{
	void *copy = malloc(size ? size : 1);
	struct error *err;

	memcpy(copy, data, size);
	err = notes_build_id(copy, size, hex);
	free(copy);
	return err;
}

static void test_notes(void **state)
{
	char hex[2 * BUILD_ID_MAX + 1];
	struct buf b;

	build(&b);
	assert_null(parse(b.data, b.size, hex));
	assert_string_equal(hex, "0a1b2c3d4e");
	assert_null(parse("", 0, hex));
	assert_string_equal(hex, "");
}

static void test_every_truncation(void **state)
{
	char hex[2 * BUILD_ID_MAX + 1];
	size_t found = 0;
	struct buf b;

	build(&b);
	for (size_t i = 0; i < b.size; i++) {
		struct error *err = parse(b.data, i, hex);

		if (!err && *hex) {
			assert_string_equal(hex, "0a1b2c3d4e");
			found++;
		}
		if (err)
			assert_int_equal(err->kind, ERROR_BAD_FILE);
		error_free(err);
	}
	assert_true(found > 0 && found < 40);
}

static void test_every_byte(void **state)
{
	char hex[2 * BUILD_ID_MAX + 1];
	struct buf b;

	build(&b);
	for (size_t i = 0; i < b.size; i++) {
		for (int v = 0; v < 256; v += 5) {
			unsigned char old = b.data[i];

			b.data[i] = v;
			error_free(parse(b.data, b.size, hex));
			assert_true(strlen(hex) <= 2 * BUILD_ID_MAX);
			b.data[i] = old;
		}
	}
}

static void test_sizes_that_lie(void **state)
{
	static const uint32_t sizes[] = { 0xffffffff, 0xfffffffd, 0xfffffffc, 0x80000000, 4096 };
	char hex[2 * BUILD_ID_MAX + 1];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (int name = 0; name < 2; name++) {
			Elf64_Nhdr n = { name ? sizes[i] : 4, name ? 4 : sizes[i], NT_GNU_BUILD_ID };
			unsigned char data[64] = { 0 };
			struct error *err;

			memcpy(data, &n, sizeof(n));
			memcpy(data + sizeof(n), "GNU", 4);
			err = parse(data, sizeof(data), hex);
			assert_non_null(err);
			assert_string_equal(hex, "");
			error_free(err);
		}
	}
}

static void test_build_id_too_long(void **state)
{
	unsigned char desc[BUILD_ID_MAX + 1];
	char hex[2 * BUILD_ID_MAX + 1];
	struct buf b = { .size = 0 };

	memset(desc, 0xee, sizeof(desc));
	add_note(&b, NT_GNU_BUILD_ID, "GNU", 4, desc, sizeof(desc));
	assert_null(parse(b.data, b.size, hex));
	assert_string_equal(hex, "");
	b.size = 0;
	add_note(&b, NT_GNU_BUILD_ID, "GNU", 4, desc, BUILD_ID_MAX);
	assert_null(parse(b.data, b.size, hex));
	assert_int_equal(strlen(hex), 2 * BUILD_ID_MAX);
}

static void differs(const struct kernel_id *id, const struct manifest *m, const char *what)
{
	struct error *err = kernel_id_check(id, m);

	if (!what) {
		assert_null(err);
		return;
	}
	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_WRONG_KERNEL);
	assert_non_null(strstr(err->text, what));
	error_free(err);
}

static void test_check(void **state)
{
	struct kernel_id id = {
		.arch = (char *)"x86_64", .release = (char *)"6.1.0-56", .banner = (char *)"Linux version 6.1.0-56 (a)",
		.build_id = "0a1b",
	};
	struct manifest m = { .arch = "x86_64", .release = "6.1.0-56" };

	differs(&id, &m, NULL);
	m.build_id = "0a1b";
	m.banner = "Linux version 6.1.0-56 (a)";
	differs(&id, &m, NULL);
	m.arch = "ppc64le";
	differs(&id, &m, "machine");
	m.arch = "x86_64";
	m.release = "6.1.0-5";
	differs(&id, &m, "release");
	m.release = "6.1.0-567";
	differs(&id, &m, "release");
	m.release = "6.1.0-56";
	m.build_id = "0a1c";
	differs(&id, &m, "build id");
	m.build_id = "0a";
	differs(&id, &m, "build id");
	m.build_id = NULL;
	m.banner = "Linux version 6.1.0-56 (b)";
	differs(&id, &m, "banner");
	m.banner = "Linux version 6.1.0-56 (a)";
	/* A kernel that does not tell is not the one that does. */
	id.banner = NULL;
	differs(&id, &m, "not known");
	m.banner = NULL;
	m.build_id = "0a1b";
	id.build_id[0] = 0;
	differs(&id, &m, "not known");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_sizes_that_lie),
		cmocka_unit_test(test_build_id_too_long),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
