// SPDX-License-Identifier: GPL-2.0-or-later
/* runpre_run(): each op against run bytes that fit it, and that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka.h needs those before it */
#include <cmocka.h>

#include "tests/unit/match-builder.h"

#define RUN_ADDR 0xffffffff81000000ull

/* A binder with a few symbols: free (they take the first value), fixed, or not known yet. */
struct fake_binder {
	struct runpre_binder binder;
	u64 value[4];
	bool known[4], undecided[4];
	u32 log[64], nr_log;
};

static enum runpre_ret fake_bind(struct runpre_binder *b, u32 sym, u64 value, u64 *expected)
{
	struct fake_binder *f = (struct fake_binder *)b;

	assert_true(sym < 4);
	if (f->undecided[sym])
		return RUNPRE_UNDECIDED;
	if (f->known[sym]) {
		*expected = f->value[sym];
		return value == f->value[sym] ? RUNPRE_OK : RUNPRE_DIFFERS;
	}
	f->known[sym] = true;
	f->value[sym] = value;
	f->log[f->nr_log++] = sym;
	return RUNPRE_OK;
}

static u32 fake_mark(struct runpre_binder *b)
{
	return ((struct fake_binder *)b)->nr_log;
}

static void fake_rollback(struct runpre_binder *b, u32 mark)
{
	struct fake_binder *f = (struct fake_binder *)b;

	while (f->nr_log > mark)
		f->known[f->log[--f->nr_log]] = false;
}

/* One span with four symbols; the test adds the ops between begin() and run(). */
struct match {
	struct mb b;
	struct fake_binder binder;
	struct runpre_header *h;
	struct runpre_fault fault;
	u32 consumed;
};

static void begin(struct match *m)
{
	memset(m, 0, sizeof(*m));
	m->binder.binder = (struct runpre_binder){ fake_bind, fake_mark, fake_rollback };
	mb_init(&m->b);
	for (int i = 0; i < 4; i++)
		mb_sym(&m->b, NULL, 0);
	mb_span(&m->b, 0, 0);
}

static void ready(struct match *m)
{
	size_t size;

	mb_end(&m->b);
	m->h = mb_finish(&m->b, &size);
	assert_int_equal(runpre_check(m->h, size, &m->fault), RUNPRE_OK);
}

/* Runs over exactly these bytes, in memory of just that size; symbols stay bound for the next run. */
static enum runpre_ret run(struct match *m, const u8 *bytes, size_t len)
{
	const struct runpre_span *span = runpre_spans(m->h);
	u32 *labels = calloc(span->nr_labels + 1, sizeof(*labels));
	u8 *exact = malloc(len);
	enum runpre_ret ret;

	assert_true(labels && (exact || !len));
	if (len)
		memcpy(exact, bytes, len);
	ret = runpre_run(m->h, span, exact, len, RUN_ADDR, &m->binder.binder, labels, &m->consumed, &m->fault);
	free(exact);
	free(labels);
	return ret;
}

#define RUN(m, ...) run(m, (const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))

static void end(struct match *m)
{
	free(m->h);
	mb_free(&m->b);
}

#define assert_fault(m, o, pre, run_, op_)                                                                             \
	do {                                                                                                           \
		assert_int_equal((m)->fault.op, op_);                                                                  \
		assert_int_equal((m)->fault.offset, o);                                                                \
		assert_int_equal((m)->fault.pre_off, pre);                                                             \
		assert_int_equal((m)->fault.run_off, run_);                                                            \
	} while (0)

static void literal_bytes(void **state)
{
	struct match m;

	begin(&m);
	MB_LIT(&m.b, 0x48, 0x89, 0xdf);
	ready(&m);
	assert_int_equal(RUN(&m, 0x48, 0x89, 0xdf), RUNPRE_OK);
	assert_int_equal(m.consumed, 3);
	assert_int_equal(RUN(&m, 0x48, 0x89, 0xdf, 0xcc), RUNPRE_OK);
	assert_int_equal(m.consumed, 3);
	assert_int_equal(RUN(&m, 0x48, 0x88, 0xdf), RUNPRE_DIFFERS);
	assert_fault(&m, 0, 1, 1, RUNPRE_OP_LIT);
	assert_int_equal(m.fault.expected, 0x89);
	assert_int_equal(m.fault.found, 0x88);
	assert_int_equal(m.fault.sym, (u32)-1);
	assert_int_equal(m.fault.site, 0xff);
	end(&m);
}

static void every_flipped_bit_of_literals_is_found(void **state)
{
	u8 code[24];
	struct match m;

	for (u32 i = 0; i < sizeof(code); i++)
		code[i] = (u8)(i * 37 + 11);
	begin(&m);
	mb_lit(&m.b, code, 10);
	mb_label(&m.b, 0);
	mb_lit(&m.b, code + 10, 14);
	ready(&m);
	assert_int_equal(run(&m, code, sizeof(code)), RUNPRE_OK);
	for (u32 bit = 0; bit < 8 * sizeof(code); bit++) {
		code[bit / 8] ^= (u8)(1u << bit % 8);
		assert_int_equal(run(&m, code, sizeof(code)), RUNPRE_DIFFERS);
		assert_int_equal(m.fault.run_off, bit / 8);
		assert_int_equal(m.fault.pre_off, bit / 8);
		code[bit / 8] ^= (u8)(1u << bit % 8);
	}
	end(&m);
}

/* Each op that takes bytes, behind each number of them too few. */
static void every_short_read_is_told(void **state)
{
	static const u8 code[] = { 0x55, 0xe8, 1, 2, 3, 4, 0x0f, 0x84, 0xf4, 0xff, 0xff, 0xff, 0xe9, 0, 0, 0, 0,
				   0x66, 0x90, 0xf0, 0xc3 };
	struct match m;

	begin(&m);
	mb_label(&m.b, 0);
	MB_LIT(&m.b, 0x55, 0xe8);
	mb_reloc(&m.b, RUNPRE_REL_PC32, 0, -4);
	mb_jump(&m.b, 4, 0);
	mb_jumpsym(&m.b, RUNPRE_CC_ALWAYS, 1, 0);
	mb_pad(&m.b, 2);
	mb_site(&m.b, RUNPRE_SITE_LOCK, 1, 1);
	mb_form(&m.b);
	MB_LIT(&m.b, 0xf0);
	mb_form_end(&m.b);
	MB_LIT(&m.b, 0xc3);
	ready(&m);
	assert_int_equal(run(&m, code, sizeof(code)), RUNPRE_OK);
	assert_int_equal(m.consumed, sizeof(code));
	for (size_t n = 0; n < sizeof(code); n++) {
		enum runpre_ret ret = run(&m, code, n);

		if (ret != RUNPRE_UNREADABLE)
			fail_msg("%zu bytes: %s", n, runpre_ret_name(ret));
		assert_int_equal(m.consumed, 0);
	}
	end(&m);
}

static void relocations_of_all_types(void **state)
{
	struct match m;

	begin(&m);
	mb_reloc(&m.b, RUNPRE_REL_ABS64, 0, 8);
	mb_reloc(&m.b, RUNPRE_REL_ABS32, 1, 0);
	mb_reloc(&m.b, RUNPRE_REL_ABS32S, 2, -1);
	mb_reloc(&m.b, RUNPRE_REL_PC32, 3, -4);
	ready(&m);
	assert_int_equal(RUN(&m, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0, 0, 0, 0x80, 0, 0, 0, 0x80,
			     0xfc, 0xff, 0xff, 0xff), RUNPRE_OK);
	assert_true(m.binder.value[0] == 0x1122334455667780ull);
	assert_true(m.binder.value[1] == 0x80000000ull);
	assert_true(m.binder.value[2] == 0xffffffff80000001ull);
	assert_true(m.binder.value[3] == RUN_ADDR + 16);
	end(&m);

	begin(&m);
	mb_reloc(&m.b, RUNPRE_REL_PC64, 0, 0);
	ready(&m);
	assert_int_equal(RUN(&m, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), RUNPRE_OK);
	assert_true(m.binder.value[0] == RUN_ADDR - 1);
	end(&m);
}

static void a_symbol_has_one_value(void **state)
{
	struct match m;

	begin(&m);
	mb_reloc(&m.b, RUNPRE_REL_ABS32, 2, 0);
	mb_reloc(&m.b, RUNPRE_REL_ABS32, 2, 4);
	ready(&m);
	assert_int_equal(RUN(&m, 0x10, 0, 0, 0, 0x14, 0, 0, 0), RUNPRE_OK);
	m.binder.known[2] = false;
	assert_int_equal(RUN(&m, 0x10, 0, 0, 0, 0x15, 0, 0, 0), RUNPRE_DIFFERS);
	assert_int_equal(m.fault.op, RUNPRE_OP_RELOC);
	assert_int_equal(m.fault.run_off, 4);
	assert_int_equal(m.fault.sym, 2);
	assert_int_equal(m.fault.expected, 0x10);
	assert_int_equal(m.fault.found, 0x11);
	m.binder.undecided[2] = true;
	assert_int_equal(RUN(&m, 0x10, 0, 0, 0, 0x14, 0, 0, 0), RUNPRE_UNDECIDED);
	end(&m);
}

static void jumps_in_either_encoding(void **state)
{
	struct match m;

	begin(&m);
	mb_jump(&m.b, 5, 0);
	mb_jump(&m.b, RUNPRE_CC_ALWAYS, 0);
	MB_LIT(&m.b, 0x50);
	mb_label(&m.b, 0);
	MB_LIT(&m.b, 0xc3);
	ready(&m);
	assert_int_equal(RUN(&m, 0x75, 3, 0xeb, 1, 0x50, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x0f, 0x85, 3, 0, 0, 0, 0xeb, 1, 0x50, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x75, 6, 0xe9, 1, 0, 0, 0, 0x50, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x0f, 0x85, 6, 0, 0, 0, 0xe9, 1, 0, 0, 0, 0x50, 0xc3), RUNPRE_OK);
	assert_int_equal(m.consumed, 13);
	/* another condition, another instruction */
	assert_int_equal(RUN(&m, 0x74, 3, 0xeb, 1, 0x50, 0xc3), RUNPRE_DIFFERS);
	assert_fault(&m, 0, 0, 0, RUNPRE_OP_JUMP);
	assert_int_equal(RUN(&m, 0x75, 3, 0x75, 1, 0x50, 0xc3), RUNPRE_DIFFERS);
	assert_int_equal(RUN(&m, 0x75, 3, 0xe8, 1, 0, 0, 0, 0x50, 0xc3), RUNPRE_DIFFERS);
	assert_int_equal(RUN(&m, 0x0f, 0x84, 3, 0, 0, 0, 0xeb, 1, 0x50, 0xc3), RUNPRE_DIFFERS);
	end(&m);
}

static void jumps_must_go_to_their_label(void **state)
{
	struct match m;

	begin(&m);
	mb_label(&m.b, 1);
	mb_jump(&m.b, 5, 0);
	MB_LIT(&m.b, 0x50);
	mb_label(&m.b, 0);
	mb_jump(&m.b, RUNPRE_CC_ALWAYS, 1);
	ready(&m);
	assert_int_equal(RUN(&m, 0x75, 1, 0x50, 0xeb, 0xfb), RUNPRE_OK);
	/* forward jump: the label finds out */
	assert_int_equal(RUN(&m, 0x75, 0, 0x50, 0xeb, 0xfb), RUNPRE_DIFFERS);
	assert_int_equal(m.fault.op, RUNPRE_OP_LABEL);
	assert_int_equal(m.fault.expected, 2);
	assert_int_equal(m.fault.found, 3);
	/* backward jump: the jump finds out */
	assert_int_equal(RUN(&m, 0x75, 1, 0x50, 0xeb, 0xfc), RUNPRE_DIFFERS);
	assert_int_equal(m.fault.op, RUNPRE_OP_JUMP);
	assert_int_equal(m.fault.run_off, 3);
	/* before the first byte, beyond the last */
	assert_int_equal(RUN(&m, 0x75, 1, 0x50, 0xeb, 0xfa), RUNPRE_DIFFERS);
	assert_int_equal(RUN(&m, 0x75, 0x7f, 0x50, 0xeb, 0xfb), RUNPRE_DIFFERS);
	assert_int_equal(m.fault.op, RUNPRE_OP_JUMP);
	assert_int_equal(m.fault.run_off, 0);
	assert_int_equal(RUN(&m, 0x0f, 0x85, 0xff, 0xff, 0xff, 0x7f, 0x50, 0xeb, 0xfb), RUNPRE_DIFFERS);
	end(&m);
}

static void loops_have_a_short_form_only(void **state)
{
	static const u8 ops[] = { 0xe0, 0xe1, 0xe2, 0xe3 };

	for (u32 i = 0; i < sizeof(ops); i++) {
		struct match m;

		begin(&m);
		mb_label(&m.b, 0);
		mb_jump(&m.b, (u8)(RUNPRE_CC_SHORT_E0 + i), 0);
		ready(&m);
		assert_int_equal(RUN(&m, ops[i], 0xfe), RUNPRE_OK);
		assert_int_equal(RUN(&m, ops[(i + 1) % 4], 0xfe), RUNPRE_DIFFERS);
		assert_int_equal(RUN(&m, 0xe9, 0xfb, 0xff, 0xff, 0xff), RUNPRE_DIFFERS);
		end(&m);
	}
}

static void jumps_to_symbols(void **state)
{
	struct match m;

	begin(&m);
	mb_jumpsym(&m.b, RUNPRE_CC_ALWAYS, 1, 0x10);
	mb_jumpsym(&m.b, 15, 1, 0);
	ready(&m);
	assert_int_equal(RUN(&m, 0xeb, 0x20, 0x7f, 0x0e), RUNPRE_OK);
	assert_true(m.binder.value[1] == RUN_ADDR + 0x12);
	assert_int_equal(RUN(&m, 0xe9, 0x1d, 0, 0, 0, 0x0f, 0x8f, 7, 0, 0, 0), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0xe9, 0x1d, 0, 0, 0, 0x0f, 0x8f, 8, 0, 0, 0), RUNPRE_DIFFERS);
	assert_int_equal(m.fault.op, RUNPRE_OP_JUMPSYM);
	assert_int_equal(m.fault.sym, 1);
	assert_true(m.fault.expected == RUN_ADDR + 0x12 && m.fault.found == RUN_ADDR + 0x13);
	end(&m);
}

static void pre_offset_follows(void **state)
{
	struct match m;

	begin(&m);
	mb_jump(&m.b, 4, 0);
	mb_pre(&m.b, 6);
	mb_label(&m.b, 0);
	MB_LIT(&m.b, 0x90, 0xc3);
	ready(&m);
	assert_int_equal(RUN(&m, 0x74, 0, 0x90, 0xc2), RUNPRE_DIFFERS);
	assert_int_equal(m.fault.pre_off, 7);
	assert_int_equal(m.fault.run_off, 3);
	end(&m);
}

struct nop {
	u8 len, bytes[15];
};

/* What gas and the kernel pad with. */
static const struct nop nops[] = {
	{ 1, { 0x90 } },
	{ 2, { 0x66, 0x90 } },
	{ 3, { 0x0f, 0x1f, 0x00 } },
	{ 4, { 0x0f, 0x1f, 0x40, 0x00 } },
	{ 5, { 0x0f, 0x1f, 0x44, 0x00, 0x00 } },
	{ 6, { 0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00 } },
	{ 7, { 0x0f, 0x1f, 0x80, 0, 0, 0, 0 } },
	{ 8, { 0x0f, 0x1f, 0x84, 0x00, 0, 0, 0, 0 } },
	{ 9, { 0x66, 0x0f, 0x1f, 0x84, 0x00, 0, 0, 0, 0 } },
	{ 10, { 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0x00, 0, 0, 0, 0 } },
	{ 11, { 0x66, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0x00, 0, 0, 0, 0 } },
	{ 15, { 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0x00, 0, 0, 0, 0 } },
};

static const struct nop no_nops[] = {
	{ 1, { 0xcc } },		/* int3 is a trap */
	{ 1, { 0x00 } },
	{ 2, { 0xf3, 0x90 } },		/* pause */
	{ 2, { 0x48, 0x90 } },
	{ 3, { 0x0f, 0x1f, 0xc0 } },
	{ 3, { 0x0f, 0x1f, 0x01 } },
	{ 4, { 0x0f, 0x1f, 0x40, 0x01 } },
	{ 7, { 0x0f, 0x1f, 0x80, 0, 0, 0, 1 } },
	{ 4, { 0xf3, 0x0f, 0x1e, 0xfa } },	/* endbr64 */
	{ 3, { 0x0f, 0x0b, 0x90 } },
	{ 2, { 0x66, 0xc3 } },
};

static void each_nop_is_a_nop(void **state)
{
	for (size_t i = 0; i < sizeof(nops) / sizeof(nops[0]); i++) {
		u8 code[16];
		struct match m;

		memcpy(code, nops[i].bytes, nops[i].len);
		code[nops[i].len] = 0xc3;
		begin(&m);
		mb_nops(&m.b, 15);
		MB_LIT(&m.b, 0xc3);
		ready(&m);
		assert_int_equal(run(&m, code, nops[i].len + 1u), RUNPRE_OK);
		assert_int_equal(m.consumed, nops[i].len + 1);
		/* cut anywhere, it is none */
		for (u32 n = 1; n < nops[i].len; n++)
			assert_int_not_equal(run(&m, code, n), RUNPRE_OK);
		end(&m);

		begin(&m);
		mb_pad(&m.b, nops[i].len);
		ready(&m);
		assert_int_equal(run(&m, nops[i].bytes, nops[i].len), RUNPRE_OK);
		end(&m);
	}
}

static void nothing_else_is_a_nop(void **state)
{
	for (size_t i = 0; i < sizeof(no_nops) / sizeof(no_nops[0]); i++) {
		u8 code[16];
		struct match m;

		memcpy(code, no_nops[i].bytes, no_nops[i].len);
		code[no_nops[i].len] = 0xc3;
		begin(&m);
		mb_nops(&m.b, 15);
		MB_LIT(&m.b, 0xc3);
		ready(&m);
		assert_int_equal(run(&m, code, no_nops[i].len + 1u), RUNPRE_DIFFERS);
		end(&m);

		begin(&m);
		mb_pad(&m.b, no_nops[i].len);
		ready(&m);
		assert_int_equal(run(&m, no_nops[i].bytes, no_nops[i].len), RUNPRE_DIFFERS);
		assert_int_equal(m.fault.op, RUNPRE_OP_PAD);
		end(&m);
	}
}

static void nops_up_to_the_maximum(void **state)
{
	struct match m;

	begin(&m);
	mb_nops(&m.b, 4);
	MB_LIT(&m.b, 0xc3);
	ready(&m);
	assert_int_equal(RUN(&m, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x90, 0x66, 0x90, 0x90, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x90, 0x90, 0x90, 0x90, 0x90, 0xc3), RUNPRE_DIFFERS);
	assert_int_equal(RUN(&m, 0x0f, 0x1f, 0x44, 0x00, 0x00, 0xc3), RUNPRE_DIFFERS);
	end(&m);
}

/* A loop head whose first instruction is the nop of a jump label. */
static void nops_leave_the_site_behind_them_its_own(void **state)
{
	struct match m;

	begin(&m);
	mb_nops(&m.b, 15);
	mb_label(&m.b, 0);
	mb_pre(&m.b, 8);
	mb_site(&m.b, RUNPRE_SITE_JUMP_LABEL, 5, 2);
	mb_form(&m.b);
	mb_pre(&m.b, 8);
	MB_LIT(&m.b, 0x0f, 0x1f, 0x44, 0x00, 0x00);
	mb_form_end(&m.b);
	mb_form(&m.b);
	mb_jump(&m.b, RUNPRE_CC_ALWAYS, 0);
	mb_form_end(&m.b);
	MB_LIT(&m.b, 0xc3);
	ready(&m);
	assert_int_equal(RUN(&m, 0x0f, 0x1f, 0x44, 0, 0, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x66, 0x90, 0x0f, 0x1f, 0x44, 0, 0, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x0f, 0x1f, 0x44, 0, 0, 0x0f, 0x1f, 0x44, 0, 0, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x66, 0x90, 0xe9, 0xfb, 0xff, 0xff, 0xff, 0xc3), RUNPRE_OK);
	assert_int_equal(m.consumed, 8);
	assert_int_equal(RUN(&m, 0x66, 0x90, 0xe9, 0xf9, 0xff, 0xff, 0xff, 0xc3), RUNPRE_DIFFERS);
	end(&m);
}

static void nops_end_where_a_jump_said(void **state)
{
	struct match m;

	begin(&m);
	mb_jump(&m.b, RUNPRE_CC_ALWAYS, 0);
	mb_nops(&m.b, 15);
	mb_label(&m.b, 0);
	mb_nops(&m.b, 15);
	MB_LIT(&m.b, 0xc3);
	ready(&m);
	assert_int_equal(RUN(&m, 0xeb, 2, 0x90, 0x90, 0x90, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0xeb, 2, 0x0f, 0x1f, 0x00, 0xc3), RUNPRE_DIFFERS);
	end(&m);
}

static void pad_is_exactly_as_long(void **state)
{
	struct match m;

	begin(&m);
	mb_pad(&m.b, 5);
	MB_LIT(&m.b, 0xc3);
	ready(&m);
	assert_int_equal(RUN(&m, 0x90, 0x90, 0x90, 0x90, 0x90, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x0f, 0x1f, 0x44, 0, 0, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x0f, 0x1f, 0x00, 0x66, 0x90, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x90, 0x90, 0x90, 0x90, 0xc3, 0xc3), RUNPRE_DIFFERS);
	assert_int_equal(m.fault.run_off, 4);
	/* a nop that reaches beyond */
	assert_int_equal(RUN(&m, 0x66, 0x0f, 0x1f, 0x44, 0, 0, 0xc3), RUNPRE_DIFFERS);
	end(&m);
}

static void pad_may_be_a_jump_over_int3s(void **state)
{
	u8 code[200];
	struct match m;

	begin(&m);
	mb_pad(&m.b, 12);
	ready(&m);
	memset(code, 0xcc, sizeof(code));
	code[0] = 0xeb;
	code[1] = 10;
	assert_int_equal(run(&m, code, 12), RUNPRE_OK);
	code[1] = 9;
	assert_int_equal(run(&m, code, 12), RUNPRE_DIFFERS);
	code[1] = 11;
	assert_int_equal(run(&m, code, 13), RUNPRE_DIFFERS);
	code[1] = 0xfe;
	assert_int_equal(run(&m, code, 12), RUNPRE_DIFFERS);
	code[1] = 10;
	code[7] = 0x0f;
	assert_int_equal(run(&m, code, 12), RUNPRE_DIFFERS);
	end(&m);

	begin(&m);
	mb_pad(&m.b, 200);
	ready(&m);
	memset(code, 0xcc, sizeof(code));
	memcpy(code, (const u8[]){ 0xe9, 195, 0, 0, 0 }, 5);
	assert_int_equal(run(&m, code, 200), RUNPRE_OK);
	end(&m);
}

/* "lock" or its replacement, in front of the rest of the instruction. */
static void site_takes_any_of_its_forms(void **state)
{
	struct match m;

	begin(&m);
	mb_site(&m.b, RUNPRE_SITE_LOCK, 1, 2);
	mb_form(&m.b);
	MB_LIT(&m.b, 0xf0);
	mb_form_end(&m.b);
	mb_form(&m.b);
	MB_LIT(&m.b, 0x3e);
	mb_form_end(&m.b);
	MB_LIT(&m.b, 0xff, 0x07);
	ready(&m);
	assert_int_equal(RUN(&m, 0xf0, 0xff, 0x07), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x3e, 0xff, 0x07), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x90, 0xff, 0x07), RUNPRE_DIFFERS);
	assert_int_equal(m.fault.site, RUNPRE_SITE_LOCK);
	assert_int_equal(m.fault.op, RUNPRE_OP_LIT);
	assert_int_equal(RUN(&m, 0x3e, 0xff, 0x08), RUNPRE_DIFFERS);
	assert_int_equal(m.fault.site, 0xff);
	assert_int_equal(m.fault.pre_off, 2);
	end(&m);
}

static void site_of_fixed_length_is_filled(void **state)
{
	struct match m;

	begin(&m);
	mb_site(&m.b, RUNPRE_SITE_ALTERNATIVE, 5, 2);
	mb_form(&m.b);
	mb_jumpsym(&m.b, RUNPRE_CC_ALWAYS, 1, 0);
	mb_nops(&m.b, 3);
	mb_form_end(&m.b);
	mb_form(&m.b);
	MB_LIT(&m.b, 0x0f, 0xae, 0xe8);
	mb_pad(&m.b, 2);
	mb_form_end(&m.b);
	MB_LIT(&m.b, 0x90, 0xc3);
	ready(&m);
	assert_int_equal(RUN(&m, 0xeb, 0x10, 0x0f, 0x1f, 0x00, 0x90, 0xc3), RUNPRE_OK);
	m.binder.known[1] = false;
	assert_int_equal(RUN(&m, 0xe9, 0, 0, 0, 0, 0x90, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x0f, 0xae, 0xe8, 0x66, 0x90, 0x90, 0xc3), RUNPRE_OK);
	/* the other site's length is not its own: what comes next is byte 5 */
	m.binder.known[1] = false;
	assert_int_equal(RUN(&m, 0xeb, 0x10, 0x0f, 0x1f, 0x00, 0x91, 0xc3), RUNPRE_DIFFERS);
	assert_int_equal(m.fault.pre_off, 5);
	assert_int_equal(m.fault.run_off, 5);
	/* nops do not reach out of the site, nor end before it does */
	m.binder.known[1] = false;
	m.binder.known[1] = false;
	assert_int_equal(RUN(&m, 0xeb, 0x10, 0x0f, 0x1f, 0x40, 0x00, 0xc3), RUNPRE_DIFFERS);
	assert_int_equal(RUN(&m, 0xeb, 0x10, 0x90, 0x90, 0x48, 0x90, 0xc3), RUNPRE_DIFFERS);
	assert_false(m.binder.known[1]);
	end(&m);
}

/* A near jcc has six bytes: in a site of five that is a difference, and not that bytes are lacking. */
static void a_form_too_long_for_its_site_differs(void **state)
{
	struct match m;

	begin(&m);
	mb_site(&m.b, RUNPRE_SITE_RETPOLINE, 5, 1);
	mb_form(&m.b);
	mb_jumpsym(&m.b, 4, 1, 0);
	mb_nops(&m.b, 3);
	mb_form_end(&m.b);
	ready(&m);
	assert_int_equal(RUN(&m, 0x74, 0x10, 0x0f, 0x1f, 0x00), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x0f, 0x84, 0, 0, 0, 0), RUNPRE_DIFFERS);
	end(&m);
}

static void sites_of_varying_length(void **state)
{
	struct match m;

	begin(&m);
	mb_site(&m.b, RUNPRE_SITE_JUMP_LABEL, 0, 3);
	mb_form(&m.b);
	mb_jump(&m.b, RUNPRE_CC_ALWAYS, 0);
	mb_form_end(&m.b);
	mb_form(&m.b);
	MB_LIT(&m.b, 0x66, 0x90);
	mb_form_end(&m.b);
	mb_form(&m.b);
	MB_LIT(&m.b, 0x0f, 0x1f, 0x44, 0, 0);
	mb_form_end(&m.b);
	MB_LIT(&m.b, 0x50);
	mb_label(&m.b, 0);
	MB_LIT(&m.b, 0xc3);
	m.b.span.max_run += 6;
	ready(&m);
	assert_int_equal(RUN(&m, 0x66, 0x90, 0x50, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0x0f, 0x1f, 0x44, 0, 0, 0x50, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0xeb, 1, 0x50, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0xe9, 1, 0, 0, 0, 0x50, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0xeb, 0, 0x50, 0xc3), RUNPRE_DIFFERS);
	assert_int_equal(m.fault.op, RUNPRE_OP_LABEL);
	end(&m);
}

/* The first form binds a symbol and tells a label before it fails: both must be forgotten. */
static void a_form_given_up_leaves_nothing_behind(void **state)
{
	struct match m;

	begin(&m);
	mb_site(&m.b, RUNPRE_SITE_ALTERNATIVE, 8, 2);
	mb_form(&m.b);
	MB_LIT(&m.b, 0xe8);
	mb_reloc(&m.b, RUNPRE_REL_PC32, 2, -4);
	mb_jump(&m.b, RUNPRE_CC_ALWAYS, 0);
	MB_LIT(&m.b, 0x90);
	mb_form_end(&m.b);
	mb_form(&m.b);
	MB_LIT(&m.b, 0xe8);
	mb_reloc(&m.b, RUNPRE_REL_PC32, 3, -4);
	MB_LIT(&m.b, 0xeb, 0x05, 0xc3);
	mb_form_end(&m.b);
	mb_label(&m.b, 0);
	MB_LIT(&m.b, 0xc3);
	ready(&m);
	assert_int_equal(RUN(&m, 0xe8, 0, 0, 0, 0, 0xeb, 0x01, 0x90, 0xc3), RUNPRE_OK);
	assert_true(m.binder.known[2] && !m.binder.known[3]);
	m.binder.known[2] = false;
	m.binder.nr_log = 0;
	assert_int_equal(RUN(&m, 0xe8, 0, 0, 0, 0, 0xeb, 0x05, 0xc3, 0xc3), RUNPRE_OK);
	assert_true(!m.binder.known[2] && m.binder.known[3]);
	end(&m);
}

/* Two jumps of the first form lead to two places, where both should lead to one: the second form begins where the first did. */
static void a_form_that_contradicts_itself_leaves_nothing_behind(void **state)
{
	struct match m;

	begin(&m);
	mb_site(&m.b, RUNPRE_SITE_ALTERNATIVE, 4, 2);
	mb_form(&m.b);
	mb_jump(&m.b, RUNPRE_CC_ALWAYS, 0);
	mb_jump(&m.b, RUNPRE_CC_ALWAYS, 0);
	mb_form_end(&m.b);
	mb_form(&m.b);
	MB_LIT(&m.b, 0xeb, 0x03, 0xeb, 0x02);
	mb_form_end(&m.b);
	MB_LIT(&m.b, 0x90);
	mb_label(&m.b, 0);
	MB_LIT(&m.b, 0xc3);
	ready(&m);
	assert_int_equal(RUN(&m, 0xeb, 0x03, 0xeb, 0x01, 0x90, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0xeb, 0x03, 0xeb, 0x02, 0x90, 0xc3), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0xeb, 0x03, 0xeb, 0x03, 0x90, 0xc3), RUNPRE_DIFFERS);
	end(&m);
}

static void the_fault_is_of_the_form_that_came_furthest(void **state)
{
	struct match m;

	begin(&m);
	mb_site(&m.b, RUNPRE_SITE_RETURN, 3, 3);
	mb_form(&m.b);
	MB_LIT(&m.b, 1, 2, 9);
	mb_form_end(&m.b);
	mb_form(&m.b);
	MB_LIT(&m.b, 1, 2, 3);
	mb_form_end(&m.b);
	mb_form(&m.b);
	MB_LIT(&m.b, 7, 7, 7);
	mb_form_end(&m.b);
	ready(&m);
	assert_int_equal(RUN(&m, 1, 2, 4), RUNPRE_DIFFERS);
	assert_int_equal(m.fault.run_off, 2);
	assert_int_equal(m.fault.expected, 9);
	assert_int_equal(m.fault.site, RUNPRE_SITE_RETURN);
	end(&m);
}

static void a_form_that_is_undecided_waits_for_the_others(void **state)
{
	struct match m;

	begin(&m);
	mb_site(&m.b, RUNPRE_SITE_STATIC_CALL, 5, 2);
	mb_form(&m.b);
	MB_LIT(&m.b, 0xe8);
	mb_reloc(&m.b, RUNPRE_REL_PC32, 2, -4);
	mb_form_end(&m.b);
	mb_form(&m.b);
	MB_LIT(&m.b, 0xe8, 1, 0, 0, 0);
	mb_form_end(&m.b);
	ready(&m);
	m.binder.undecided[2] = true;
	assert_int_equal(RUN(&m, 0xe8, 1, 0, 0, 0), RUNPRE_OK);
	assert_int_equal(RUN(&m, 0xe8, 1, 1, 0, 0), RUNPRE_UNDECIDED);
	assert_int_equal(m.fault.sym, 2);
	assert_int_equal(RUN(&m, 0xe9, 1, 1, 0, 0), RUNPRE_DIFFERS);
	end(&m);

	/* ... also if another came further before. */
	begin(&m);
	mb_site(&m.b, RUNPRE_SITE_STATIC_CALL, 5, 2);
	mb_form(&m.b);
	MB_LIT(&m.b, 0xe8, 1, 0, 0, 0);
	mb_form_end(&m.b);
	mb_form(&m.b);
	MB_LIT(&m.b, 0xe8);
	mb_reloc(&m.b, RUNPRE_REL_PC32, 2, -4);
	mb_form_end(&m.b);
	ready(&m);
	m.binder.undecided[2] = true;
	assert_int_equal(RUN(&m, 0xe8, 1, 0, 0, 1), RUNPRE_UNDECIDED);
	assert_int_equal(m.fault.sym, 2);
	end(&m);
}

static void names_are_never_null(void **state)
{
	for (int i = 0; i < 300; i++) {
		assert_non_null(runpre_ret_name((enum runpre_ret)i));
		assert_non_null(runpre_op_name((u8)i));
		assert_non_null(runpre_site_name((u8)i));
	}
	assert_string_equal(runpre_ret_name(RUNPRE_AMBIGUOUS), "ambiguous");
	assert_string_equal(runpre_op_name(RUNPRE_OP_PRE), "pre");
	assert_string_equal(runpre_site_name(RUNPRE_SITE_LOCK), "lock");
	assert_string_equal(runpre_site_name(0xff), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(literal_bytes),
		cmocka_unit_test(every_flipped_bit_of_literals_is_found),
		cmocka_unit_test(every_short_read_is_told),
		cmocka_unit_test(relocations_of_all_types),
		cmocka_unit_test(a_symbol_has_one_value),
		cmocka_unit_test(jumps_in_either_encoding),
		cmocka_unit_test(jumps_must_go_to_their_label),
		cmocka_unit_test(loops_have_a_short_form_only),
		cmocka_unit_test(jumps_to_symbols),
		cmocka_unit_test(pre_offset_follows),
		cmocka_unit_test(each_nop_is_a_nop),
		cmocka_unit_test(nothing_else_is_a_nop),
		cmocka_unit_test(nops_up_to_the_maximum),
		cmocka_unit_test(nops_leave_the_site_behind_them_its_own),
		cmocka_unit_test(nops_end_where_a_jump_said),
		cmocka_unit_test(pad_is_exactly_as_long),
		cmocka_unit_test(pad_may_be_a_jump_over_int3s),
		cmocka_unit_test(site_takes_any_of_its_forms),
		cmocka_unit_test(site_of_fixed_length_is_filled),
		cmocka_unit_test(a_form_too_long_for_its_site_differs),
		cmocka_unit_test(sites_of_varying_length),
		cmocka_unit_test(a_form_given_up_leaves_nothing_behind),
		cmocka_unit_test(a_form_that_contradicts_itself_leaves_nothing_behind),
		cmocka_unit_test(the_fault_is_of_the_form_that_came_furthest),
		cmocka_unit_test(a_form_that_is_undecided_waits_for_the_others),
		cmocka_unit_test(names_are_never_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
