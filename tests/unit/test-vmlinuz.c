// SPDX-License-Identifier: GPL-2.0-or-later
/* What is in a vmlinuz, however it is compressed; and that no damaged one does more than fail. */
#include "cmocka-all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "ksplice-create/vmlinuz.h"
#include "tests/unit/vmlinuz-builder.h"

static char kernel[800];

/* Something that compresses a little, and has what BCJ filters look for. */
static int make_kernel(void **state)
{
	unsigned seed = 1;

	for (size_t i = 0; i < sizeof(kernel); i++) {
		seed = seed * 1103515245 + 12345;
		kernel[i] = i % 7 ? "\xe8\x00\x00\xff kernel"[seed >> 16 & 7] : seed >> 16;
	}
	return 0;
}

static void expect_kernel(const void *file, size_t size)
{
	void *data;
	size_t data_size;
	struct error *err;

	assert_true(vmlinuz_is(file, size));
	err = vmlinuz_unpack("vmlinuz", file, size, &data, &data_size);
	if (err)
		fail_msg("%s", err->text);
	assert_int_equal(data_size, sizeof(kernel));
	assert_memory_equal(data, kernel, data_size);
	munmap(data, data_size);
}

static void expect_bad(const void *file, size_t size, const char *part)
{
	void *data;
	size_t data_size;
	struct error *err = vmlinuz_unpack("vmlinuz", file, size, &data, &data_size);

	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	if (!strstr(err->text, part))
		fail_msg("\"%s\" is not in: %s", part, err->text);
	error_free(err);
}

static void unpacks_every_format(void **state)
{
	for (enum vb_format format = 0; format < VB_NR_FORMATS; format++) {
		size_t size;
		void *file = vb_vmlinuz(format, kernel, sizeof(kernel), &size);

		expect_kernel(file, size);
		free(file);
	}
}

/* setup_sects 0 means 4. */
static void knows_the_old_number_of_sectors(void **state)
{
	size_t size;
	uint8_t *file = vb_vmlinuz(VB_XZ, kernel, sizeof(kernel), &size), *moved = calloc(1, size + 3 * 512);

	assert_non_null(moved);
	memcpy(moved, file, 0x400);
	memcpy(moved + 0x400 + 3 * 512, file + 0x400, size - 0x400);
	moved[0x1f1] = 0;
	expect_kernel(moved, size + 3 * 512);
	free(moved);
	free(file);
}

static void something_else_is_none(void **state)
{
	size_t size;
	uint8_t *file = vb_vmlinuz(VB_GZIP, kernel, sizeof(kernel), &size);

	for (size_t cut = 0; cut < 0x250; cut++)
		assert_false(vmlinuz_is(file, cut));
	assert_true(vmlinuz_is(file, 0x250));
	file[0x202]++;
	assert_false(vmlinuz_is(file, size));
	file[0x202]--;
	file[0x1fe]++;
	assert_false(vmlinuz_is(file, size));
	free(file);
}

static void no_truncated_file_does_more_than_fail(void **state)
{
	size_t size;
	void *file = vb_vmlinuz(VB_GZIP, kernel, sizeof(kernel), &size);

	for (size_t cut = 0x250; cut < size; cut++) {
		uint8_t *part = malloc(cut);

		assert_non_null(part);
		memcpy(part, file, cut);
		expect_bad(part, cut, "cut off");
		free(part);
	}
	free(file);
}

/* The file is whole, and says that this was all. */
static void no_truncated_kernel_does_more_than_fail(void **state)
{
	for (enum vb_format format = 0; format < VB_NR_FORMATS; format++) {
		size_t size, stream_size;
		void *stream = vb_compress(format, kernel, sizeof(kernel), &stream_size), *file;

		for (size_t cut = 0; cut < stream_size; cut++) {
			file = vb_make(format, stream, cut, sizeof(kernel), &size);
			expect_bad(file, size, "");
			free(file);
		}
		free(stream);
	}
}

static void no_altered_one_does_more_than_fail(void **state)
{
	unsigned good = 0, bad = 0;

	for (enum vb_format format = 0; format < VB_NR_FORMATS; format++) {
		size_t size, data_size;
		uint8_t *file = vb_vmlinuz(format, kernel, sizeof(kernel), &size);

		for (size_t at = 0x1f0; at < size; at += at < 0x250 ? 1 : 5) {
			void *data;
			struct error *err;

			file[at] ^= 0x41;
			err = vmlinuz_unpack("vmlinuz", file, size, &data, &data_size);
			file[at] ^= 0x41;
			if (!err)
				munmap(data, data_size);
			good += !err;
			bad += !!err;
			error_free(err);
		}
		free(file);
	}
	assert_true(good > 100 && bad > 300);
}

static void refuses_another_size(void **state)
{
	for (enum vb_format format = VB_BZIP2; format < VB_NR_FORMATS; format++) {
		size_t size, stream_size;
		void *stream = vb_compress(format, kernel, sizeof(kernel), &stream_size), *file;

		file = vb_make(format, stream, stream_size, sizeof(kernel) + 1, &size);
		expect_bad(file, size, "shorter than it says");
		free(file);
		file = vb_make(format, stream, stream_size, sizeof(kernel) - 1, &size);
		expect_bad(file, size, "longer than it says");
		free(file);
		file = vb_make(format, stream, stream_size, VMLINUZ_MAX + 1, &size);
		expect_bad(file, size, "larger than any");
		free(file);
		file = vb_make(format, stream, stream_size, 0, &size);
		expect_bad(file, size, "larger than any");
		free(file);
		free(stream);
	}
}

/* Or a file of a few bytes could keep us busy for ever. */
static void what_comes_out_is_not_unpacked_once_more(void **state)
{
	size_t size, stream_size, data_size;
	void *stream = vb_compress(VB_GZIP, kernel, sizeof(kernel), &stream_size);
	void *file = vb_vmlinuz(VB_XZ, stream, stream_size, &size), *data;

	assert_null(vmlinuz_unpack("vmlinuz", file, size, &data, &data_size));
	assert_int_equal(data_size, stream_size);
	assert_memory_equal(data, stream, data_size);
	munmap(data, data_size);
	free(file);
	free(stream);
}

static void refuses_other_headers(void **state)
{
	size_t size;
	uint8_t *file = vb_vmlinuz(VB_GZIP, kernel, sizeof(kernel), &size);

	file[VB_PAYLOAD] = 0;
	expect_bad(file, size, "not known");
	file[VB_PAYLOAD] = 0x1f;
	file[0x206] = 7;
	expect_bad(file, size, "2.08");
	file[0x206] = 0xf;
	memset(file + 0x24c, 0, 4);
	expect_bad(file, size, "cut off");
	memset(file + 0x248, 0xff, 8);
	expect_bad(file, size, "cut off");
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unpacks_every_format),
		cmocka_unit_test(knows_the_old_number_of_sectors),
		cmocka_unit_test(something_else_is_none),
		cmocka_unit_test(no_truncated_file_does_more_than_fail),
		cmocka_unit_test(no_truncated_kernel_does_more_than_fail),
		cmocka_unit_test(no_altered_one_does_more_than_fail),
		cmocka_unit_test(refuses_another_size),
		cmocka_unit_test(what_comes_out_is_not_unpacked_once_more),
		cmocka_unit_test(refuses_other_headers),
	};

	return cmocka_run_group_tests(tests, make_kernel, NULL);
}
