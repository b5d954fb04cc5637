// SPDX-License-Identifier: GPL-2.0-or-later
/* The offline check: match data against an image, and the sentences it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h needs those before it */
#include <cmocka.h>

#include "ksplice-create/offline.h"
#include "tests/unit/image-builder.h"
#include "tests/unit/match-builder.h"

/* The image has f, which calls g with a string, and g twice, of which ours is the second. */
static void build_image(struct ib *b)
{
	ib_init(b);
	ib_func(b, "f", IB_TEXT + 0x100, "\x48\x8d\x3d\xf9\x03\x00\x00\xe8\xf4\x01\x00\x00\xc3", 13);
	ib_func(b, "g", IB_TEXT + 0x200, "\xb8\x01\x00\x00\x00\xc3", 6);
	ib_func(b, "g", IB_TEXT + 0x300, "\xb8\x01\x00\x00\x00\xc3", 6);
	ib_put(b, IB_TEXT + 0x500, "hello", 6);
	ib_sym(b, "elsewhere", IB_TEXT + 0x600, IB_SHN_TEXT, STT_FUNC);
}

static void build_match(struct mb *b)
{
	u32 f, g, str;

	mb_init(b);
	f = mb_sym(b, "f", 0);
	g = mb_sym(b, "g", 0);
	str = mb_sym(b, NULL, 0);
	mb_span(b, g, RUNPRE_SPAN_REPLACE | RUNPRE_SPAN_REQUIRED);
	MB_LIT(b, 0xb8, 1, 0, 0, 0, 0xc3);
	mb_end(b);
	mb_span(b, f, RUNPRE_SPAN_REQUIRED);
	MB_LIT(b, 0x48, 0x8d, 0x3d);
	mb_reloc(b, RUNPRE_REL_PC32, str, -4);
	MB_LIT(b, 0xe8);
	mb_reloc(b, RUNPRE_REL_PC32, g, -4);
	MB_LIT(b, 0xc3);
	mb_end(b);
	mb_span(b, str, RUNPRE_SPAN_DATA);
	MB_LIT(b, 'h', 'e', 'l', 'l', 'o', 0);
	mb_end(b);
}

static struct image *open_image(const struct ib *b)
{
	struct image *img;
	size_t size;
	uint8_t *file = ib_finish(b, &size);
	char *path = ib_write(file, size);

	assert_null(image_open(path, &img));
	unlink(path);
	free(path);
	free(file);
	return img;
}

static struct error *check(const struct ib *ib, struct mb *mb, struct offline_stats *stats)
{
	struct image *img = open_image(ib);
	struct kernel_memory *km = kernel_memory_create(img, NULL, "6.1.0-test");
	struct error *err;
	size_t size;
	void *data = mb_finish(mb, &size);

	err = offline_check_data(km, "test.match", data, size, NULL, NULL, stats);
	kernel_memory_destroy(km);
	free(data);
	mb_free(mb);
	image_close(img);
	return err;
}

static void expect(struct error *err, enum error_kind kind, const char *part)
{
	assert_non_null(err);
	assert_int_equal(err->kind, kind);
	if (!strstr(err->text, part))
		fail_msg("\"%s\" is not in: %s", part, err->text);
}

static void everything_matches(void **state)
{
	struct offline_stats st;
	struct ib ib;
	struct mb mb;

	build_image(&ib);
	build_match(&mb);
	assert_null(check(&ib, &mb, &st));
	assert_int_equal(st.functions, 2);
	assert_int_equal(st.matched, 2);
	assert_int_equal(st.ambiguous, 0);
	assert_int_equal(st.passed_over, 0);
	assert_int_equal(st.data, 1);
	assert_int_equal(st.data_matched, 1);
	assert_int_equal(st.symbols, 3);
	assert_int_equal(st.bound, 3);
	assert_int_equal(st.run_bytes, 13 + 6 + 6);
}

/* Of a source that has more updates than the image. */
static void lists_what_is_missing_when_asked_to(void **state)
{
	struct strv missing = STRV_INIT;
	struct kernel_memory *km;
	struct image *img;
	struct ib ib;
	struct mb mb;
	size_t size;
	void *data;

	build_image(&ib);
	ib_put(&ib, IB_TEXT + 0x102, "\x35", 1);
	build_match(&mb);
	img = open_image(&ib);
	km = kernel_memory_create(img, NULL, "6.1.0-test");
	data = mb_finish(&mb, &size);
	assert_null(offline_check_data(km, "test.match", data, size, NULL, &missing, NULL));
	assert_int_equal(missing.n, 1);
	assert_string_equal(missing.v[0], "a/unit.o: f");
	strv_free(&missing);
	kernel_memory_destroy(km);
	free(data);
	mb_free(&mb);
	image_close(img);
}

static void tells_which_byte_differs_and_what_to_do(void **state)
{
	struct error *err;
	struct ib ib;
	struct mb mb;

	build_image(&ib);
	ib_put(&ib, IB_TEXT + 0x102, "\x35", 1);
	build_match(&mb);
	err = check(&ib, &mb, NULL);
	expect(err, ERROR_NO_MATCH, "a/unit.o: f: differs at +0x2 (+0x2 in the kernel): the byte is 3d in the build, 35 in the "
				    "kernel");
	expect(err, ERROR_NO_MATCH, "compiler");
	error_free(err);
}

static void tells_what_is_called_instead(void **state)
{
	struct error *err;
	struct ib ib;
	struct mb mb;

	build_image(&ib);
	ib_put(&ib, IB_TEXT + 0x108, "\xf4\x04\x00\x00", 4);
	build_match(&mb);
	err = check(&ib, &mb, NULL);
	expect(err, ERROR_NO_MATCH, "f: differs at +0x8 (+0x8 in the kernel): refers to g (g) in the build, to elsewhere in the "
				    "kernel");
	error_free(err);
}

static void tells_of_a_string(void **state)
{
	struct error *err;
	struct ib ib;
	struct mb mb;

	build_image(&ib);
	ib_put(&ib, IB_TEXT + 0x501, "a", 1);
	build_match(&mb);
	err = check(&ib, &mb, NULL);
	expect(err, ERROR_NO_MATCH, "data without a name: differs at +0x1");
	expect(err, ERROR_NO_MATCH, "the byte is 65 in the build, 61 in the kernel");
	error_free(err);
}

static void tells_of_all_functions_that_differ(void **state)
{
	struct offline_stats st;
	struct error *err;
	struct ib ib;
	struct mb mb;
	char name[16];

	build_image(&ib);
	build_match(&mb);
	for (int i = 0; i < 13; i++) {
		u32 sym;

		sprintf(name, "x%d", i);
		ib_sym(&ib, name, IB_TEXT + 0x700, IB_SHN_TEXT, STT_FUNC);
		sym = mb_sym(&mb, name, 0);
		mb_span(&mb, sym, RUNPRE_SPAN_REQUIRED);
		MB_LIT(&mb, 0x90);
		mb_end(&mb);
	}
	err = check(&ib, &mb, &st);
	expect(err, ERROR_NO_MATCH, "a/unit.o: x0: differs at +0x0");
	expect(err, ERROR_NO_MATCH, "a/unit.o: x9: differs at +0x0");
	expect(err, ERROR_NO_MATCH, "(and 3 more)");
	assert_null(strstr(err->text, "x10:"));
	assert_int_equal(st.functions, 15);
	assert_int_equal(st.matched, 2);
	error_free(err);
}

static void tells_of_ambiguity_and_absence(void **state)
{
	struct error *err;
	struct ib ib;
	struct mb mb;
	u32 sym;

	build_image(&ib);
	mb_init(&mb);
	sym = mb_sym(&mb, "g", 0);
	mb_span(&mb, sym, RUNPRE_SPAN_REPLACE | RUNPRE_SPAN_REQUIRED);
	MB_LIT(&mb, 0xb8, 1, 0, 0, 0, 0xc3);
	mb_end(&mb);
	err = check(&ib, &mb, NULL);
	expect(err, ERROR_NO_MATCH, "a/unit.o: g: fits at several addresses");
	error_free(err);

	mb_init(&mb);
	sym = mb_sym(&mb, "absent", 0);
	mb_span(&mb, sym, RUNPRE_SPAN_REQUIRED);
	MB_LIT(&mb, 0xc3);
	mb_end(&mb);
	err = check(&ib, &mb, NULL);
	expect(err, ERROR_NO_MATCH, "absent: is not in the kernel's symbol table");
	error_free(err);

	mb_init(&mb);
	mb_published(&mb, "g", 0);
	err = check(&ib, &mb, NULL);
	expect(err, ERROR_NO_MATCH, "the new code needs g; the kernel has several of that name");
	error_free(err);

	mb_init(&mb);
	mb_published(&mb, "absent", 0);
	err = check(&ib, &mb, NULL);
	expect(err, ERROR_NO_MATCH, "the new code needs absent, which is neither");
	error_free(err);
}

static void passes_over_overridden_weak_functions(void **state)
{
	struct offline_stats st;
	struct ib ib;
	struct mb mb;
	u32 sym;

	build_image(&ib);
	mb_init(&mb);
	sym = mb_sym(&mb, "elsewhere", 0);
	mb_span(&mb, sym, 0);
	MB_LIT(&mb, 0xc3);
	mb_end(&mb);
	assert_null(check(&ib, &mb, &st));
	assert_int_equal(st.passed_over, 1);
	assert_int_equal(st.matched, 0);
}

static void refuses_damaged_data_and_modules(void **state)
{
	struct kernel_memory *km;
	struct image *img;
	struct error *err;
	struct ib ib;
	struct mb mb;
	char *path;

	build_image(&ib);
	mb_init(&mb);
	mb.h.target = mb_string(&mb, "ext4");
	err = check(&ib, &mb, NULL);
	expect(err, ERROR_USAGE, "for module ext4");
	error_free(err);

	img = open_image(&ib);
	km = kernel_memory_create(img, NULL, "6.1.0-test");
	path = ib_write("KSPMATCH", 8);
	err = offline_check(km, path, NULL, NULL, NULL);
	expect(err, ERROR_BAD_FILE, "damaged match data");
	error_free(err);
	unlink(path);
	err = offline_check(km, path, NULL, NULL, NULL);
	expect(err, ERROR_SYSTEM, path);
	error_free(err);
	free(path);
	kernel_memory_destroy(km);
	image_close(img);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_matches),
		cmocka_unit_test(lists_what_is_missing_when_asked_to),
		cmocka_unit_test(tells_which_byte_differs_and_what_to_do),
		cmocka_unit_test(tells_what_is_called_instead),
		cmocka_unit_test(tells_of_a_string),
		cmocka_unit_test(tells_of_all_functions_that_differ),
		cmocka_unit_test(tells_of_ambiguity_and_absence),
		cmocka_unit_test(passes_over_overridden_weak_functions),
		cmocka_unit_test(refuses_damaged_data_and_modules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
