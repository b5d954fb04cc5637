// SPDX-License-Identifier: GPL-2.0-or-later
/* runpre_check(): what is well-formed passes, and nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka.h needs those before it */
#include <cmocka.h>

#include "tests/unit/match-builder.h"

/* One function with every op, a part of it, a string; symbols of every kind. */
static void build_all(struct mb *b)
{
	u32 f, cold, str, key, pointee;

	mb_init(b);
	f = mb_published(b, "f", RUNPRE_SYM_TARGET | RUNPRE_SYM_ROOT);
	cold = mb_sym(b, "f.cold", RUNPRE_SYM_TARGET | RUNPRE_SYM_LOCAL);
	str = mb_sym(b, NULL, 0);
	key = mb_sym(b, "key", 0);
	pointee = mb_pointee(b, key, 8);
	mb_sym(b, "counter", RUNPRE_SYM_PERCPU);
	mb_alias(b, f);

	mb_span(b, f, RUNPRE_SPAN_REPLACE | RUNPRE_SPAN_REQUIRED);
	mb_site(b, RUNPRE_SITE_FTRACE, 5, 2);
	mb_form(b);
	MB_LIT(b, 0x0f, 0x1f, 0x44, 0x00, 0x00);
	mb_form_end(b);
	mb_form(b);
	MB_LIT(b, 0xe8);
	mb_reloc(b, RUNPRE_REL_PC32, pointee, -4);
	mb_form_end(b);
	mb_pre(b, 5);
	MB_LIT(b, 0x48, 0x8d, 0x3d);
	mb_reloc(b, RUNPRE_REL_PC32, str, -4);
	mb_jump(b, 4, 1);
	mb_label(b, 0);
	mb_nops(b, 15);
	mb_jumpsym(b, 5, cold, 0);
	mb_pad(b, 3);
	mb_jump(b, RUNPRE_CC_ALWAYS, 0);
	mb_label(b, 1);
	MB_LIT(b, 0xc3);
	mb_end(b);

	mb_span(b, cold, RUNPRE_SPAN_PART | RUNPRE_SPAN_REQUIRED);
	MB_LIT(b, 0x0f, 0x0b);
	mb_end(b);
	mb_span(b, str, RUNPRE_SPAN_DATA);
	MB_LIT(b, 'h', 'i', 0);
	mb_end(b);
}

static enum runpre_ret check_built(struct mb *b, u32 *offset)
{
	struct runpre_fault fault;
	enum runpre_ret ret;
	size_t size;
	void *data = mb_finish(b, &size);

	ret = runpre_check(data, size, &fault);
	if (offset)
		*offset = fault.offset;
	free(data);
	return ret;
}

static void accepts_every_op_and_symbol_kind(void **state)
{
	struct runpre_fault fault;
	struct runpre_header *h;
	struct mb b;
	size_t size;

	build_all(&b);
	h = mb_finish(&b, &size);
	assert_int_equal(runpre_check(h, size, &fault), RUNPRE_OK);
	assert_string_equal(runpre_string(h, runpre_syms(h)[0].name), "f");
	assert_string_equal(runpre_string(h, runpre_syms(h)[0].publish), "p:_f");
	assert_string_equal(runpre_string(h, runpre_spans(h)[2].unit), "a/unit.o");
	free(h);
	mb_free(&b);
}

static void accepts_empty_tables(void **state)
{
	struct mb b;

	mb_init(&b);
	assert_int_equal(check_built(&b, NULL), RUNPRE_OK);
	mb_free(&b);
}

static void rejects_every_truncation(void **state)
{
	struct runpre_fault fault;
	struct mb b;
	size_t size, n;
	u8 *whole, *cut;

	build_all(&b);
	whole = (u8 *)mb_finish(&b, &size);
	for (n = 0; n < size; n++) {
		cut = malloc(n + 1);
		assert_non_null(cut);
		memcpy(cut, whole, n);
		assert_int_equal(runpre_check(cut, n, &fault), RUNPRE_BAD_DATA);
		/* ... also if the header is adjusted to tell no more than there is. */
		if (n >= sizeof(struct runpre_header)) {
			((struct runpre_header *)cut)->size = (u32)n;
			assert_int_equal(runpre_check(cut, n, &fault), RUNPRE_BAD_DATA);
		}
		free(cut);
	}
	free(whole);
	mb_free(&b);
}

static void rejects_surplus_bytes_and_misalignment(void **state)
{
	struct runpre_fault fault;
	struct mb b;
	size_t size;
	u8 *whole, *more;

	build_all(&b);
	whole = (u8 *)mb_finish(&b, &size);
	more = calloc(1, size + 16);
	assert_non_null(more);
	memcpy(more, whole, size);
	assert_int_equal(runpre_check(more, size + 1, &fault), RUNPRE_BAD_DATA);
	memcpy(more + 4, whole, size);
	assert_int_equal(runpre_check(more + 4, size, &fault), RUNPRE_BAD_DATA);
	free(more);
	free(whole);
	mb_free(&b);
}

/* Sets a 32-bit field of the header and expects its offset in the fault. */
static void reject_header(size_t field, u32 value)
{
	struct runpre_fault fault;
	struct runpre_header *h;
	struct mb b;
	size_t size;

	build_all(&b);
	h = mb_finish(&b, &size);
	memcpy((u8 *)h + field, &value, sizeof(value));
	assert_int_equal(runpre_check(h, size, &fault), RUNPRE_BAD_DATA);
	assert_int_equal(fault.offset, field);
	free(h);
	mb_free(&b);
}

#define H(field) offsetof(struct runpre_header, field)

static void rejects_bad_headers(void **state)
{
	reject_header(H(magic), 0x50534b4c);
	reject_header(H(version), 2);
	reject_header(H(size), 0xffffffff);
	reject_header(H(arch), 0);
	reject_header(H(arch), 3);
	reject_header(H(id), 0);
	reject_header(H(id), 0xffffffff);
	reject_header(H(target), 0);
	reject_header(H(nr_syms), RUNPRE_MAX_SYMS + 1);
	reject_header(H(syms), 0);
	reject_header(H(syms), 0xfffffff8);
	reject_header(H(syms), sizeof(struct runpre_header) + 4);
	reject_header(H(nr_spans), RUNPRE_MAX_SPANS + 1);
	reject_header(H(spans), 8);
	reject_header(H(progs), 0xfffffff8);
	reject_header(H(strings), 0xfffffff8);
	reject_header(H(max_labels), RUNPRE_MAX_LABELS + 1);
	reject_header(H(max_run), RUNPRE_MAX_RUN + 1);
	reject_header(H(max_binds), 0x7fffffff);
}

static void rejects_bounds_that_are_exceeded(void **state)
{
	struct mb b;

	build_all(&b);
	b.h.max_labels--;
	assert_int_equal(check_built(&b, NULL), RUNPRE_BAD_DATA);
	b.h.max_labels++;
	b.h.max_binds--;
	assert_int_equal(check_built(&b, NULL), RUNPRE_BAD_DATA);
	b.h.max_binds++;
	b.h.max_run--;
	assert_int_equal(check_built(&b, NULL), RUNPRE_BAD_DATA);
	b.h.max_run++;
	assert_int_equal(check_built(&b, NULL), RUNPRE_OK);
	mb_span_at(&b, 0)->max_run = 20;
	assert_int_equal(check_built(&b, NULL), RUNPRE_BAD_DATA);
	mb_free(&b);
}

static void rejects_bad_strings(void **state)
{
	struct mb b;
	u32 i;

	for (i = 0; i < 4; i++) {
		build_all(&b);
		if (i == 0)
			b.strings.p[0] = 'x';
		else if (i == 1)
			b.strings.p[b.strings.len - 1] = 'x';
		else if (i == 2)
			b.strings.p[b.h.target] = ' ';
		else
			b.strings.p[b.h.target] = '\n';
		assert_int_equal(check_built(&b, NULL), RUNPRE_BAD_DATA);
		mb_free(&b);
	}
}

static void reject_sym(struct runpre_sym sym)
{
	struct mb b;

	build_all(&b);
	memcpy(b.syms.p + 6 * sizeof(sym), &sym, sizeof(sym));
	assert_int_equal(check_built(&b, NULL), RUNPRE_BAD_DATA);
	mb_free(&b);
}

static void rejects_bad_symbols(void **state)
{
	reject_sym((struct runpre_sym){ .name = 0xffff });
	reject_sym((struct runpre_sym){ .publish = 0xffff });
	reject_sym((struct runpre_sym){ .kind = 3 });
	reject_sym((struct runpre_sym){ .flags = 0x80 });
	reject_sym((struct runpre_sym){ .reserved = 1 });
	reject_sym((struct runpre_sym){ .base = 1 });
	reject_sym((struct runpre_sym){ .offset = 1 });
	/* 4 is itself a pointee, 5 per-CPU, 6 itself, 7 does not exist */
	reject_sym((struct runpre_sym){ .kind = RUNPRE_SYM_POINTEE, .base = 4 });
	reject_sym((struct runpre_sym){ .kind = RUNPRE_SYM_POINTEE, .base = 5 });
	reject_sym((struct runpre_sym){ .kind = RUNPRE_SYM_POINTEE, .base = 6 });
	reject_sym((struct runpre_sym){ .kind = RUNPRE_SYM_POINTEE, .base = 7 });
	reject_sym((struct runpre_sym){ .kind = RUNPRE_SYM_POINTEE, .base = 3, .publish = 1 });
	reject_sym((struct runpre_sym){ .kind = RUNPRE_SYM_ALIAS, .base = 6 });
	reject_sym((struct runpre_sym){ .kind = RUNPRE_SYM_ALIAS, .base = 0, .offset = 1 });
}

enum { SPAN_F, SPAN_COLD, SPAN_STR };

static void rejects_bad_spans(void **state)
{
	u32 i, offset;
	struct mb b;

	for (i = 0; i < 13; i++) {
		struct runpre_span *f, *cold, *str;

		build_all(&b);
		assert_int_equal(check_built(&b, NULL), RUNPRE_OK);
		f = mb_span_at(&b, SPAN_F);
		cold = mb_span_at(&b, SPAN_COLD);
		str = mb_span_at(&b, SPAN_STR);
		switch (i) {
		case 0: f->sym = b.nr_syms; break;
		case 1: f->sym = 4; break;			/* a pointee */
		case 2: f->unit = 0xffff; break;
		case 3: f->flags |= 0x40; break;
		case 4: str->flags |= RUNPRE_SPAN_FTRACE; break;	/* without REPLACE */
		case 5: f->part_of = 1; break;			/* without PART */
		case 6: cold->part_of = SPAN_COLD; break;	/* a part of a part */
		case 7: cold->part_of = SPAN_STR; break;	/* a part of data */
		case 8: cold->part_of = 3; break;
		case 9: str->hook_len = 5; break;		/* data has none */
		case 10: f->hook_len = 0; break;
		case 11: f->hook_off = 250; break;
		case 12:					/* one program for two */
			str->prog = cold->prog;
			str->prog_len = cold->prog_len;
			break;
		}
		assert_int_equal(check_built(&b, &offset), RUNPRE_BAD_DATA);
		mb_free(&b);
	}
}

/* A second program of the replaced function, without a hook of its own if @hook is 0; its index. */
static u32 add_second(struct mb *b, u16 flags, u8 hook)
{
	u32 i = mb_span(b, mb_span_at(b, SPAN_F)->sym, RUNPRE_SPAN_CARRIED | flags);

	MB_LIT(b, 1, 2, 3, 4, 5, 6, 7, 8);
	b->span.hook_len = hook;
	mb_end(b);
	return i;
}

static void a_second_program_belongs_to_a_function(void **state)
{
	u32 i, offset;
	struct mb b;

	for (i = 0; i < 12; i++) {
		struct runpre_span *f, *str, *second;
		u32 at;

		build_all(&b);
		at = add_second(&b, 0, 5);
		f = mb_span_at(&b, SPAN_F);
		str = mb_span_at(&b, SPAN_STR);
		second = mb_span_at(&b, at);
		f->carried = at;
		assert_int_equal(check_built(&b, NULL), RUNPRE_OK);
		switch (i) {
		case 0: f->carried = SPAN_COLD; break;		/* which is no second program */
		case 1: f->carried = b.nr_spans; break;
		case 2: second->sym = str->sym; break;		/* of something else */
		case 3: second->hook_len = 0; break;
		case 4: second->hook_off = 4; break;		/* it has 8 bytes */
		case 5: second->carried = at; break;
		case 6: second->flags |= RUNPRE_SPAN_REPLACE; break;
		case 7: second->flags |= RUNPRE_SPAN_REQUIRED; break;
		case 8: second->flags |= RUNPRE_SPAN_DATA; break;
		case 9: second->flags |= RUNPRE_SPAN_PART; break;
		case 10:					/* for data */
			f->carried = 0;
			second->sym = str->sym;
			second->hook_len = 0;
			assert_int_equal(check_built(&b, NULL), RUNPRE_OK);
			str->carried = at;
			break;
		case 11: mb_span_at(&b, SPAN_COLD)->part_of = at; break;
		}
		assert_int_equal(check_built(&b, &offset), RUNPRE_BAD_DATA);
		mb_free(&b);
	}
}

static void rejects_programs_outside_of_their_table(void **state)
{
	struct mb b;

	build_all(&b);
	mb_span_at(&b, SPAN_STR)->prog_len++;
	assert_int_equal(check_built(&b, NULL), RUNPRE_BAD_DATA);
	mb_span_at(&b, SPAN_STR)->prog = 0xfffffff0;
	assert_int_equal(check_built(&b, NULL), RUNPRE_BAD_DATA);
	mb_free(&b);
}

/* A program of raw bytes, in a span with one label, of 64 run bytes and symbols 0 (plain), 1 (alias). */
static enum runpre_ret check_program(const u8 *prog, size_t len, u32 *at)
{
	enum runpre_ret ret;
	struct runpre_header *h;
	struct runpre_fault fault;
	struct mb b;
	size_t size;

	mb_init(&b);
	mb_sym(&b, "f", 0);
	mb_alias(&b, 0);
	mb_span(&b, 0, 0);
	mb_raw(&b, prog, len);
	b.span.max_run = 64;
	b.span.nr_labels = 1;
	b.binds = 2;
	mb_stop(&b);
	mb_raw(&b, "\0\0", 2);	/* as many bytes of programs as there are binds */
	h = mb_finish(&b, &size);
	ret = runpre_check(h, size, &fault);
	/* The offence is in the span's record or in its program. */
	assert_true(ret == RUNPRE_OK || (fault.offset >= h->spans && fault.offset <= h->progs + len));
	*at = fault.offset - h->progs;
	free(h);
	mb_free(&b);
	return ret;
}

struct program {
	const char *what;
	u8 len;
	u8 bytes[40];
};

#define PROGRAM(what, ...) { what, sizeof((u8[]){ __VA_ARGS__ }), { __VA_ARGS__ } }
#define LABEL0 RUNPRE_OP_LABEL, 0
#define END RUNPRE_OP_END

static void accepts_good_programs(void **state)
{
	static const struct program good[] = {
		PROGRAM("label", LABEL0, END),
		PROGRAM("lit", LABEL0, RUNPRE_OP_LIT, 1, 0x90, END),
		PROGRAM("reloc", LABEL0, RUNPRE_OP_RELOC, RUNPRE_REL_PC32, 0, 0x7c, END),
		PROGRAM("64-bit addend", LABEL0, RUNPRE_OP_RELOC, RUNPRE_REL_PC32, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
			0x80, 0x80, 0x7f, END),
		PROGRAM("jump", RUNPRE_OP_JUMP, RUNPRE_CC_MAX - 1, 0, LABEL0, END),
		PROGRAM("site of any length, with an empty form", LABEL0, RUNPRE_OP_SITE, 0, 0, 1, 0, END),
		PROGRAM("site", LABEL0, RUNPRE_OP_SITE, 7, 1, 2, 3, RUNPRE_OP_LIT, 1, 0xf0, 2, RUNPRE_OP_PAD, 1, END),
	};
	u32 at;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (check_program(good[i].bytes, good[i].len, &at) != RUNPRE_OK)
			fail_msg("%s: rejected at %u", good[i].what, at);
	}
}

static void rejects_bad_programs(void **state)
{
	static const struct program bad[] = {
		PROGRAM("no end", LABEL0),
		PROGRAM("empty"),
		PROGRAM("end, then more", LABEL0, END, END),
		PROGRAM("unknown op", LABEL0, 10, END),
		PROGRAM("label not set", END),
		PROGRAM("label set twice", LABEL0, LABEL0, END),
		PROGRAM("label out of range", LABEL0, RUNPRE_OP_LABEL, 1, END),
		PROGRAM("jump to no label", LABEL0, RUNPRE_OP_JUMP, 4, 1, END),
		PROGRAM("jump of no kind", LABEL0, RUNPRE_OP_JUMP, RUNPRE_CC_MAX, 0, END),
		PROGRAM("jumpsym of no kind", LABEL0, RUNPRE_OP_JUMPSYM, RUNPRE_CC_MAX, 0, 0, END),
		PROGRAM("jumpsym without symbol", LABEL0, RUNPRE_OP_JUMPSYM, 4, 2, 0, END),
		PROGRAM("empty lit", LABEL0, RUNPRE_OP_LIT, 0, END),
		PROGRAM("lit cut off", LABEL0, RUNPRE_OP_LIT, 2, 0x90),
		PROGRAM("lit longer than the run", LABEL0, RUNPRE_OP_PAD, 64, RUNPRE_OP_LIT, 1, 0x90, END),
		PROGRAM("nops longer than the run", LABEL0, RUNPRE_OP_NOPS, 65, END),
		PROGRAM("nops that overflow", LABEL0, RUNPRE_OP_NOPS, 0xff, 0xff, 0xff, 0xff, 0x0f, END),
		PROGRAM("reloc of no type", LABEL0, RUNPRE_OP_RELOC, RUNPRE_REL_MAX, 0, 0, END),
		PROGRAM("reloc without symbol", LABEL0, RUNPRE_OP_RELOC, 0, 2, 0, END),
		PROGRAM("reloc of an alias", LABEL0, RUNPRE_OP_RELOC, 0, 1, 0, END),
		PROGRAM("too many relocs", LABEL0, RUNPRE_OP_RELOC, 0, 0, 0, RUNPRE_OP_RELOC, 0, 0, 0, RUNPRE_OP_RELOC, 0, 0, 0,
			END),
		PROGRAM("long form of 0", LABEL0, RUNPRE_OP_PRE, 0x80, 0x00, END),
		PROGRAM("long form of -1", LABEL0, RUNPRE_OP_RELOC, 0, 0, 0xff, 0x7f, END),
		PROGRAM("long form of signed 0", LABEL0, RUNPRE_OP_RELOC, 0, 0, 0x80, 0x00, END),
		PROGRAM("more than 32 bits", LABEL0, RUNPRE_OP_PRE, 0x80, 0x80, 0x80, 0x80, 0x10, END),
		PROGRAM("eleven bytes", LABEL0, RUNPRE_OP_RELOC, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
			0x01, END),
		PROGRAM("65 bits", LABEL0, RUNPRE_OP_RELOC, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, END),
		PROGRAM("65 bits, unsigned", LABEL0, RUNPRE_OP_PRE, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02, END),
		PROGRAM("integer cut off", LABEL0, RUNPRE_OP_PRE, 0x80),
		PROGRAM("site of no kind", LABEL0, RUNPRE_OP_SITE, RUNPRE_SITE_MAX, 0, 1, 0, END),
		PROGRAM("site without forms", LABEL0, RUNPRE_OP_SITE, 0, 0, 0, END),
		PROGRAM("site with 65 forms", LABEL0, RUNPRE_OP_SITE, 0, 0, 65, END),
		PROGRAM("site with a form too few", LABEL0, RUNPRE_OP_SITE, 0, 0, 2, 0, END),
		PROGRAM("form beyond the program", LABEL0, RUNPRE_OP_SITE, 0, 0, 1, 9, RUNPRE_OP_PAD, 1, END),
		PROGRAM("form cuts its op", LABEL0, RUNPRE_OP_SITE, 0, 0, 1, 1, RUNPRE_OP_PAD, 1, END),
		PROGRAM("form too short for its site", LABEL0, RUNPRE_OP_SITE, 0, 2, 1, 2, RUNPRE_OP_PAD, 1, END),
		PROGRAM("form too long for its site", LABEL0, RUNPRE_OP_SITE, 0, 2, 1, 2, RUNPRE_OP_PAD, 3, END),
		PROGRAM("label in a form", RUNPRE_OP_SITE, 0, 0, 1, 2, LABEL0, END),
		PROGRAM("end in a form", LABEL0, RUNPRE_OP_SITE, 0, 0, 1, 1, END, END),
		PROGRAM("site in a form", LABEL0, RUNPRE_OP_SITE, 0, 0, 1, 5, RUNPRE_OP_SITE, 0, 0, 1, 0, END),
	};
	u32 at;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (check_program(bad[i].bytes, bad[i].len, &at) != RUNPRE_BAD_DATA)
			fail_msg("%s: accepted", bad[i].what);
}

static void tells_where_the_offence_is(void **state)
{
	static const u8 prog[] = { LABEL0, RUNPRE_OP_LIT, 1, 0x90, 10, END };
	u32 at;

	assert_int_equal(check_program(prog, sizeof(prog), &at), RUNPRE_BAD_DATA);
	assert_int_equal(at, 5);
}

/* More labels than the checker looks at in one pass; @twice is set a second time instead of the last. */
static enum runpre_ret check_labels(u32 n, u32 twice)
{
	enum runpre_ret ret;
	struct mb b;

	mb_init(&b);
	mb_sym(&b, "f", 0);
	mb_span(&b, 0, 0);
	for (u32 i = n; i > 1; i--)
		mb_label(&b, i - 1);
	mb_label(&b, twice);
	mb_end(&b);
	ret = check_built(&b, NULL);
	mb_free(&b);
	return ret;
}

static void counts_labels_of_large_functions(void **state)
{
	static const u32 sizes[] = { 1, 511, 512, 513, 1024, 3000 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(check_labels(sizes[i], 0), RUNPRE_OK);
		if (sizes[i] > 1) {
			assert_int_equal(check_labels(sizes[i], 1), RUNPRE_BAD_DATA);
			assert_int_equal(check_labels(sizes[i], sizes[i] - 1), RUNPRE_BAD_DATA);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_every_op_and_symbol_kind),
		cmocka_unit_test(accepts_empty_tables),
		cmocka_unit_test(rejects_every_truncation),
		cmocka_unit_test(rejects_surplus_bytes_and_misalignment),
		cmocka_unit_test(rejects_bad_headers),
		cmocka_unit_test(rejects_bounds_that_are_exceeded),
		cmocka_unit_test(rejects_bad_strings),
		cmocka_unit_test(rejects_bad_symbols),
		cmocka_unit_test(rejects_bad_spans),
		cmocka_unit_test(a_second_program_belongs_to_a_function),
		cmocka_unit_test(rejects_programs_outside_of_their_table),
		cmocka_unit_test(accepts_good_programs),
		cmocka_unit_test(rejects_bad_programs),
		cmocka_unit_test(tells_where_the_offence_is),
		cmocka_unit_test(counts_labels_of_large_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
