// SPDX-License-Identifier: GPL-2.0-or-later
/* evidence.h: how the address of each symbol is known. */
#include "cmocka-all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ksplice-create/evidence.h"
#include "tests/unit/image-builder.h"
#include "tests/unit/match-builder.h"

#define PRE_SIZE 10	/* of a call and a return, as mb_reloc() counts */

/* f calls g, of which there are two; h calls the same; nothing refers to "elsewhere". */
static void build_image(struct ib *b)
{
	ib_init(b);
	ib_func(b, "f", IB_TEXT + 0x100, "\xe8\xfb\x01\x00\x00\xc3", 6);
	ib_func(b, "h", IB_TEXT + 0x180, "\xe8\x7b\x01\x00\x00\xc3", 6);
	ib_func(b, "g", IB_TEXT + 0x200, "\xb8\x01\x00\x00\x00\xc3", 6);
	ib_func(b, "g", IB_TEXT + 0x300, "\xb8\x01\x00\x00\x00\xc3", 6);
	ib_sym(b, "elsewhere", IB_TEXT + 0x600, IB_SHN_TEXT, STT_FUNC);
	ib_sym(b, "called", IB_TEXT + 0x700, IB_SHN_TEXT, STT_FUNC);
	ib_func(b, "user", IB_TEXT + 0x400, "\xe8\xfb\x02\x00\x00\xc3", 6);
}

static void add_call(struct mb *b, u32 from, u32 to)
{
	mb_span(b, from, RUNPRE_SPAN_REQUIRED);
	MB_LIT(b, 0xe8);
	mb_reloc(b, RUNPRE_REL_PC32, to, -4);
	MB_LIT(b, 0xc3);
	mb_end(b);
}

static void build_match(struct mb *b)
{
	u32 f, h, g, user, called;

	mb_init(b);
	g = mb_published(b, "g", 0);
	mb_published(b, "elsewhere", 0);
	called = mb_published(b, "called", 0);
	f = mb_sym(b, "f", 0);
	h = mb_sym(b, "h", 0);
	user = mb_sym(b, "user", 0);
	mb_span(b, g, RUNPRE_SPAN_REQUIRED);
	MB_LIT(b, 0xb8, 1, 0, 0, 0, 0xc3);
	mb_end(b);
	add_call(b, f, g);
	add_call(b, h, g);
	add_call(b, user, called);
}

static void collect(void *ctx, const struct offline_seen *seen)
{
	evidence_collect(ctx, seen);
}

static struct evidence evidence_of(struct ib *ib)
{
	struct evidence e = {};
	const struct offline_words words = {.ctx = &e, .saw = collect};
	struct kernel_memory *km;
	struct error *err;
	struct image *img;
	struct mb mb;
	size_t size, match_size;
	uint8_t *file = ib_finish(ib, &size);
	char *path = ib_write(file, size);
	void *match;

	assert_null(image_open(path, &img));
	unlink(path);
	km = kernel_memory_create(img, NULL, "6.1.0-test");
	build_match(&mb);
	match = mb_finish(&mb, &match_size);
	err = offline_check_data(km, "test.match", match, match_size, &words, NULL, NULL);
	error_free(err);
	kernel_memory_destroy(km);
	image_close(img);
	free(match);
	mb_free(&mb);
	free(file);
	free(path);
	return e;
}

static void each_symbol_has_its_evidence(void **state)
{
	const struct evidence_symbol *s;
	struct evidence e;
	struct ib ib;

	build_image(&ib);
	e = evidence_of(&ib);
	assert_int_equal(e.nr_symbols, 3);
	s = evidence_symbol(&e, "p:_g");
	assert_int_equal(s->kind, EVIDENCE_CODE);
	assert_int_equal(s->addr, IB_TEXT + 0x300);
	assert_int_equal(s->candidates, 2);
	assert_int_equal(s->referrers, 2);
	assert_string_equal(s->unit, "a/unit.o");
	assert_string_equal(s->referrer, "f");
	s = evidence_symbol(&e, "p:_called");
	assert_int_equal(s->kind, EVIDENCE_REFERENCE);
	assert_int_equal(s->addr, IB_TEXT + 0x700);
	assert_int_equal(s->referrers, 1);
	assert_string_equal(s->referrer, "user");
	s = evidence_symbol(&e, "p:_elsewhere");
	assert_int_equal(s->kind, EVIDENCE_NAME);
	assert_int_equal(s->addr, IB_TEXT + 0x600);
	assert_int_equal(s->candidates, 1);
	assert_int_equal(s->referrers, 0);
	assert_null(s->referrer);
	assert_null(evidence_symbol(&e, "p:_nothing"));
	assert_int_equal(evidence_address(&e, "a/unit.o", "f", PRE_SIZE), IB_TEXT + 0x100);
	assert_int_equal(evidence_address(&e, "a/unit.o", "f", PRE_SIZE + 1), 0);
	assert_int_equal(evidence_address(&e, "b/unit.o", "f", PRE_SIZE), 0);
	evidence_free(&e);
}

/* What differs is evidence for nothing. */
static void code_that_differs_tells_nothing(void **state)
{
	struct evidence e;
	struct ib ib;

	build_image(&ib);
	ib_put(&ib, IB_TEXT + 0x405, "\xcc", 1);
	e = evidence_of(&ib);
	assert_int_equal(evidence_symbol(&e, "p:_called")->referrers, 0);
	assert_int_not_equal(evidence_symbol(&e, "p:_called")->kind, EVIDENCE_REFERENCE);
	assert_int_equal(evidence_address(&e, "a/unit.o", "user", PRE_SIZE), 0);
	assert_int_equal(evidence_symbol(&e, "p:_g")->kind, EVIDENCE_CODE);
	evidence_free(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_symbol_has_its_evidence),
		cmocka_unit_test(code_that_differs_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
