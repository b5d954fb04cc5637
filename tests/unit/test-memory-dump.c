// SPDX-License-Identifier: GPL-2.0-or-later
/* Dumps of a machine's memory: the kernel is found in them, and no damaged one does more than fail. */
#include "cmocka-all.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ksplice-create/image.h"
#include "ksplice-create/memory-dump.h"
#include "tests/unit/dump-builder.h"
#include "tests/unit/image-builder.h"

static struct error *open_bytes(const void *bytes, size_t size, struct image **img)
{
	char *path = ib_write(bytes, size);
	struct error *err = image_open(path, img);

	unlink(path);
	free(path);
	return err;
}

static void expect_good(const struct db *d)
{
	struct image *img;
	const uint64_t *addrs;
	size_t size;
	void *file = db_make(d, &size);
	struct error *err = open_bytes(file, size, &img);
	uint8_t buf[8];

	if (err)
		fail_msg("%s", err->text);
	assert_string_equal(image_banner(img), "Linux version 6.1.0-test (builder) #1 SMP");
	assert_string_equal(image_build_id(img), "0102030405060708090a0b0c0d0e0f1011121314");
	assert_int_equal(image_find(img, "show", &addrs), 1);
	assert_true(addrs[0] == DB_TEXT + 0x100);
	assert_int_equal(image_find(img, "counter", &addrs), 1);
	assert_true(addrs[0] == 0x20);
	/* from its first byte to its last, and no further */
	assert_int_equal(image_read(img, DB_TEXT, buf, sizeof(buf)), sizeof(buf));
	assert_memory_equal(buf, "\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc", sizeof(buf));
	assert_int_equal(image_read(img, DB_TEXT + 0x4000 - 3, buf, sizeof(buf)), 3);
	assert_int_equal(image_read(img, DB_TEXT - 1, buf, sizeof(buf)), 0);
	image_close(img);
	free(file);
}

static void expect_bad(const struct db *d, const char *part)
{
	struct image *img;
	size_t size;
	void *file = db_make(d, &size);
	struct error *err = open_bytes(file, size, &img);

	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	if (!strstr(err->text, part))
		fail_msg("\"%s\" is not in: %s", part, err->text);
	error_free(err);
	free(file);
}

static void reads_the_kernel_of_each_release(void **state)
{
	for (enum kb_order order = 0; order < KB_NR_ORDERS; order++)
		expect_good(&(struct db){ .order = order });
}

static void reads_segments_of_any_kind(void **state)
{
	expect_good(&(struct db){ .order = KB_6_1, .paging = true });
	expect_good(&(struct db){ .order = KB_6_4, .many = true });
	expect_good(&(struct db){ .order = KB_6_1, .paging = true, .many = true });
}

static void refuses_what_is_not_all_there(void **state)
{
	expect_bad(&(struct db){ .hole = 0x1000 }, "not all there");
	expect_bad(&(struct db){ .hole = 0x3000 }, "not all there");
	expect_bad(&(struct db){ .info = "" }, "no phys_base");
	expect_bad(&(struct db){ .without = "SYMBOL(_stext)" }, "not where its VMCOREINFO says");
	expect_bad(&(struct db){ .without = "SYMBOL(kallsyms_offsets)" }, "kallsyms in VMCOREINFO");
	expect_bad(&(struct db){ .without = "SYMBOL(kallsyms_token_index)" }, "kallsyms in VMCOREINFO");
	expect_bad(&(struct db){ .without = "NUMBER(phys_base)" }, "no phys_base");
}

static void refuses_what_vmcoreinfo_cannot_say(void **state)
{
	expect_bad(&(struct db){ .info = "NUMBER(phys_base)=\n" }, "no phys_base");
	expect_bad(&(struct db){ .info = "NUMBER(phys_base)=1x\n" }, "no phys_base");
	expect_bad(&(struct db){ .info = "NUMBER(phys_base)=99999999999999999999\n" }, "no phys_base");
	expect_bad(&(struct db){ .info = "XNUMBER(phys_base)=0\nNUMBER(phys_base)" }, "no phys_base");
	/* no address of the kernel's image */
	expect_bad(&(struct db){ .info = "NUMBER(phys_base)=0\nSYMBOL(kallsyms_offsets)=ffff888000000000" }, "kallsyms in VMCOREINFO");
}

static void refuses_other_cores(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
		const char *part;
	} damages[] = {
		{ offsetof(Elf64_Ehdr, e_machine), EM_ARM, "x86_64" },
		{ offsetof(Elf64_Ehdr, e_phentsize), 1, "x86_64" },
		{ offsetof(Elf64_Ehdr, e_phnum), 0, "without segments" },
		{ offsetof(Elf64_Ehdr, e_phoff) + 7, 0x7f, "cut off" },
		{ offsetof(Elf64_Ehdr, e_phoff) + 7, 0xff, "cut off" },
		/* the segment of notes is none */
		{ sizeof(Elf64_Ehdr) + sizeof(Elf64_Shdr), PT_NULL, "VMCOREINFO" },
	};

	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct image *img;
		size_t size;
		uint8_t *file = db_make(&(struct db){ .order = KB_6_1 }, &size);
		struct error *err;

		file[damages[i].at] = damages[i].byte;
		err = open_bytes(file, size, &img);
		assert_non_null(err);
		assert_int_equal(err->kind, ERROR_BAD_FILE);
		assert_non_null(strstr(err->text, damages[i].part));
		error_free(err);
		free(file);
	}
}

static void no_truncated_or_altered_dump_does_more_than_fail(void **state)
{
	unsigned opened = 0, refused = 0;
	struct image *img;
	struct error *err;
	size_t size, at;
	uint8_t *file = db_make(&(struct db){ .order = KB_6_1, .paging = true }, &size);

	for (at = 0; at < size; at += at < 0x1000 ? 1 : 61) {
		err = open_bytes(file, at, &img);
		assert_non_null(err);
		assert_int_equal(err->kind, ERROR_BAD_FILE);
		error_free(err);
	}
	for (at = 0; at < size; at += at < 0x1000 ? 1 : 7) {
		file[at] ^= 0x81;
		err = open_bytes(file, size, &img);
		file[at] ^= 0x81;
		opened += !err;
		refused += !!err;
		error_free(err);
		image_close(img);
	}
	assert_true(opened > 100 && refused > 500);
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_kernel_of_each_release),
		cmocka_unit_test(reads_segments_of_any_kind),
		cmocka_unit_test(refuses_what_is_not_all_there),
		cmocka_unit_test(refuses_what_vmcoreinfo_cannot_say),
		cmocka_unit_test(refuses_other_cores),
		cmocka_unit_test(no_truncated_or_altered_dump_does_more_than_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
