// SPDX-License-Identifier: GPL-2.0-or-later
/* Match data of ppc64le: what the ops of that machine take for what the linker makes of an instruction, and what not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka.h needs those before it */
#include <cmocka.h>

#include "tests/unit/match-kernel.h"

#define BASE	0xc000000000000000ull
#define AT(off)	(BASE + (off))
#define TOC	AT(0x20000)	/* not in reach of one half */
#define NEAR	AT(0x9000)	/* another, that is */

#define NOP	0x60000000u
#define BL	0x48000001u
#define ADDIS_R2_R12	0x3c4c0000u
#define ADDI_R2_R2	0x38420000u
#define ADDIS_R9_R2	0x3d220000u
#define ADDI_R9_R9	0x39290000u
#define ADDI_R9_R2	0x39220000u
#define LD_R9_R9	0xe9290000u
#define LWZ_R10_R9	0x81490000u

/* Symbols: the TOC pointer, a function at 0x100. */
static u32 toc, f;

static void put(struct kernel *k, u32 off, const u32 *words, u32 nr)
{
	memcpy(k->mem + off, words, nr * sizeof(*words));
}

#define PUT(k, off, ...) put(k, off, (const u32[]){ __VA_ARGS__ }, sizeof((const u32[]){ __VA_ARGS__ }) / 4)

/* Its halves, to be added to instructions; the lower one is signed. */
static u32 high(u64 distance)
{
	return (distance + 0x8000) >> 16 & 0xffff;
}

static u32 low(u64 distance)
{
	return distance & 0xffff;
}

/* With a function at 0x100; data of ppc64le. */
static void begin_ppc64le(struct kernel *k)
{
	begin(k, BASE);
	k->b.h.arch = RUNPRE_ARCH_PPC64LE;
	toc = mb_sym(&k->b, ".TOC.", 0);
	f = mb_sym(&k->b, "f", 0);
	cand(k, f, 0x100);
}

/* Of the first span. */
static enum runpre_ret verdict(struct kernel *k)
{
	resolve(k);
	return k->work.spans[0].ret;
}

/* The two instructions at a global entry, in pre, and in memory at @off with this TOC pointer. */
static void setup(struct kernel *k, u32 off, u64 pointer)
{
	u64 distance = pointer - AT(off);

	mb_high(&k->b, ADDIS_R2_R12, 0);
	mb_low(&k->b, RUNPRE_LOW_PC, ADDI_R2_R2, 0, 0, toc, 0);
	PUT(k, off, ADDIS_R2_R12 | high(distance), ADDI_R2_R2 | low(distance));
}

static void both_halves_are_an_address(void **state)
{
	struct kernel k;
	u64 distance = AT(0x1804) - TOC;
	u32 var;

	begin_ppc64le(&k);
	var = mb_sym(&k.b, NULL, 0);
	mb_span(&k.b, f, RUNPRE_SPAN_REQUIRED);
	setup(&k, 0x100, TOC);
	mb_high(&k.b, ADDIS_R9_R2, 8);
	mb_low(&k.b, RUNPRE_LOW_TOC, LWZ_R10_R9, 8, toc, var, 4);
	mb_end(&k.b);
	PUT(&k, 0x108, ADDIS_R9_R2 | high(distance), LWZ_R10_R9 | low(distance));
	assert_int_equal(verdict(&k), RUNPRE_OK);
	assert_true(k.work.syms[toc].value == TOC);
	assert_true(k.work.syms[var].value == AT(0x1800));
	/* Another register, in either half. */
	PUT(&k, 0x108, (ADDIS_R9_R2 | high(distance)) ^ 0x00200000);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.work.spans[0].fault.run_off, 8);
	PUT(&k, 0x108, ADDIS_R9_R2 | high(distance), (LWZ_R10_R9 | low(distance)) ^ 0x00200000);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.work.spans[0].fault.run_off, 12);
	end(&k);
}

/* Two ways through a function that meet: the lower half is counted from one of them. */
static void all_upper_halves_of_an_address_are_alike(void **state)
{
	struct kernel k;
	u64 distance = AT(0x1804) - TOC;
	u32 var;

	begin_ppc64le(&k);
	var = mb_sym(&k.b, NULL, 0);
	mb_span(&k.b, f, RUNPRE_SPAN_REQUIRED);
	setup(&k, 0x100, TOC);
	mb_high(&k.b, ADDIS_R9_R2, 8);
	mb_high(&k.b, ADDIS_R9_R2, 8);
	mb_low(&k.b, RUNPRE_LOW_TOC, LWZ_R10_R9, 8, toc, var, 4);
	mb_end(&k.b);
	PUT(&k, 0x108, ADDIS_R9_R2 | high(distance), ADDIS_R9_R2 | high(distance), LWZ_R10_R9 | low(distance));
	assert_int_equal(verdict(&k), RUNPRE_OK);
	PUT(&k, 0x10c, (ADDIS_R9_R2 | high(distance)) ^ 1);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.work.spans[0].fault.run_off, 12);
	PUT(&k, 0x10c, NOP);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.work.spans[0].fault.run_off, 12);
	end(&k);
}

static void an_upper_half_of_zero_is_a_nop(void **state)
{
	struct kernel k;
	u32 var;

	begin_ppc64le(&k);
	var = mb_sym(&k.b, NULL, 0);
	mb_span(&k.b, f, RUNPRE_SPAN_REQUIRED);
	setup(&k, 0x100, NEAR);
	mb_high(&k.b, ADDIS_R9_R2, 8);
	mb_low(&k.b, RUNPRE_LOW_TOC, ADDI_R9_R9, 8, toc, var, 0);
	mb_end(&k.b);
	PUT(&k, 0x108, NOP, ADDI_R9_R2 | low(AT(0x1800) - NEAR));
	assert_int_equal(verdict(&k), RUNPRE_OK);
	assert_true(k.work.syms[var].value == AT(0x1800));
	/* r9 has not been set, or is set for nothing. */
	PUT(&k, 0x108, NOP, ADDI_R9_R9 | low(AT(0x1800) - NEAR));
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	PUT(&k, 0x108, ADDIS_R9_R2, ADDI_R9_R2 | low(AT(0x1800) - NEAR));
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	/* The TOC pointer itself is never found so. */
	PUT(&k, 0x100, NOP, ADDI_R2_R2, NOP, ADDI_R9_R2);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.work.spans[0].fault.run_off, 4);
	end(&k);
}

static void a_pointer_in_the_toc_is_loaded_or_dropped(void **state)
{
	const u64 pointer = AT(0x1234560);
	struct kernel k;
	u32 var;

	begin_ppc64le(&k);
	var = mb_sym(&k.b, "saved_command_line", 0);
	mb_span(&k.b, f, RUNPRE_SPAN_REQUIRED);
	setup(&k, 0x100, TOC);
	mb_high(&k.b, ADDIS_R9_R2, 8);
	mb_low(&k.b, RUNPRE_LOW_PTR | RUNPRE_LOW_DS, LD_R9_R9, 8, toc, var, 0);
	mb_end(&k.b);
	/* As the compiler made it. */
	memcpy(k.mem + 0x1808, &pointer, sizeof(pointer));
	PUT(&k, 0x108, ADDIS_R9_R2 | high(AT(0x1808) - TOC), LD_R9_R9 | low(AT(0x1808) - TOC));
	assert_int_equal(verdict(&k), RUNPRE_OK);
	assert_true(k.work.syms[var].value == pointer);
	/* As the linker does. */
	PUT(&k, 0x108, ADDIS_R9_R2 | high(pointer - TOC), ADDI_R9_R9 | low(pointer - TOC));
	assert_int_equal(verdict(&k), RUNPRE_OK);
	assert_true(k.work.syms[var].value == pointer);
	/* lwa, which has another number in the last two bits; and no memory there. */
	PUT(&k, 0x108, ADDIS_R9_R2 | high(AT(0x1808) - TOC), LD_R9_R9 | low(AT(0x1808) - TOC) | 2);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	PUT(&k, 0x108, ADDIS_R9_R2 | high(AT(0x4808) - TOC), LD_R9_R9 | low(AT(0x4808) - TOC));
	assert_int_equal(verdict(&k), RUNPRE_UNREADABLE);
	end(&k);
}

/* A part of a function, or one that is called with r2 set up, needs that another one tells. */
static void all_functions_have_one_toc_pointer(void **state)
{
	struct kernel k;
	u32 var, g, h;

	begin_ppc64le(&k);
	var = mb_sym(&k.b, NULL, 0);
	g = mb_sym(&k.b, "g", 0);
	h = mb_sym(&k.b, "h", 0);
	cand(&k, g, 0x200);
	cand(&k, h, 0x300);
	mb_span(&k.b, f, RUNPRE_SPAN_REQUIRED);
	mb_high(&k.b, ADDIS_R9_R2, 0);
	mb_low(&k.b, RUNPRE_LOW_TOC, ADDI_R9_R9, 0, toc, var, 0);
	mb_end(&k.b);
	PUT(&k, 0x100, ADDIS_R9_R2 | high(AT(0x1800) - TOC), ADDI_R9_R9 | low(AT(0x1800) - TOC));
	assert_int_equal(verdict(&k), RUNPRE_UNDECIDED);
	mb_span(&k.b, g, RUNPRE_SPAN_REQUIRED);
	setup(&k, 0x200, TOC);
	mb_end(&k.b);
	assert_int_equal(verdict(&k), RUNPRE_OK);
	assert_true(k.work.syms[var].value == AT(0x1800));
	mb_span(&k.b, h, RUNPRE_SPAN_REQUIRED);
	setup(&k, 0x300, NEAR);
	mb_end(&k.b);
	verdict(&k);
	assert_int_equal(k.work.spans[2].ret, RUNPRE_DIFFERS);
	end(&k);
}

static void a_call_goes_to_either_entry(void **state)
{
	struct kernel k;
	u32 callee;

	begin_ppc64le(&k);
	callee = mb_sym(&k.b, "callee", 0);
	cand(&k, callee, 0x1000);
	mb_span(&k.b, f, RUNPRE_SPAN_REQUIRED);
	mb_branch(&k.b, RUNPRE_BRANCH_24 | RUNPRE_BRANCH_ENTRY, BL, callee, 0);
	mb_end(&k.b);
	/* A function without a TOC. */
	PUT(&k, 0x100, BL | 0xf00);
	assert_int_equal(verdict(&k), RUNPRE_OK);
	/* Its name is 8 bytes before, and there are the instructions for callers who have another TOC. */
	PUT(&k, 0x100, BL | 0xf08);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	PUT(&k, 0x1000, ADDIS_R2_R12 | 1, ADDI_R2_R2 | 2);
	assert_int_equal(verdict(&k), RUNPRE_OK);
	assert_true(k.work.syms[callee].value == AT(0x1000));
	PUT(&k, 0x1000, 0x3c400000 | 1, ADDI_R2_R2 | 2);
	assert_int_equal(verdict(&k), RUNPRE_OK);
	PUT(&k, 0x1000, 0xe84cfff8, 0x7c426214);
	assert_int_equal(verdict(&k), RUNPRE_OK);
	/* With r2 as it is, to where it would be made of r12. */
	PUT(&k, 0x100, BL | 0xf00);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	PUT(&k, 0x100, BL | 0xf08);
	PUT(&k, 0x1000, ADDIS_R2_R12 | 1, ADDI_R9_R2 | 2);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	/* b for bl. */
	PUT(&k, 0x100, (BL | 0xf00) & ~1u);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	end(&k);
}

static void branches_go_backwards_too(void **state)
{
	struct kernel k;
	u32 other;

	begin_ppc64le(&k);
	other = mb_sym(&k.b, NULL, 0);
	mb_span(&k.b, f, RUNPRE_SPAN_REQUIRED);
	mb_branch(&k.b, RUNPRE_BRANCH_24, 0x48000000, other, 8);
	mb_branch(&k.b, RUNPRE_BRANCH_14, 0x41820000, other, 4);
	mb_end(&k.b);
	PUT(&k, 0x100, 0x48000000 | (-0x80 & 0x03fffffc), 0x41820000 | (-0x88 & 0xfffc));
	assert_int_equal(verdict(&k), RUNPRE_OK);
	assert_true(k.work.syms[other].value == AT(0x78));
	/* bne for beq; another place. */
	PUT(&k, 0x104, 0x40820000 | (-0x88 & 0xfffc));
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	PUT(&k, 0x104, 0x41820000 | (-0x84 & 0xfffc));
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	end(&k);
}

#define LD_R2_24_R1	0xe8410018u
#define STUB		0x1000	/* where the stub is */
#define KERNEL_TOC	AT(0x6000000)
#define IN_PACA		16

/* As create_stub() and create_ftrace_stub() make them (arch/powerpc/kernel/module_64.c, 6.1), for a module with the TOC pointer TOC. */
static void put_call_stub(struct kernel *k, u64 leads)
{
	u64 distance = AT(STUB) - TOC;

	PUT(k, STUB, 0x3d620000 | high(distance), 0x396b0000 | low(distance), 0xf8410018, 0xe98b0020, 0x7d8903a6, 0x4e800420, 0,
	    0x73747562, (u32)leads, (u32)(leads >> 32));
}

static void put_tracer_stub(struct kernel *k, u64 leads)
{
	u64 distance = leads - KERNEL_TOC;

	PUT(k, STUB, 0xe98d0000 | IN_PACA, 0x3d8c0000 | high(distance), 0x398c0000 | low(distance), 0x7d8903a6, 0x4e800420, 0, 0,
	    0x73747562, (u32)leads, (u32)(leads >> 32));
}

/* "f" sets r2 up and calls @callee: directly, or through the stub, as a module may do. */
static void begin_module(struct kernel *k, u32 *callee)
{
	begin_ppc64le(k);
	*callee = mb_sym(&k->b, "callee", 0);
	cand(k, *callee, 0x800);
	mb_span(&k->b, f, RUNPRE_SPAN_REQUIRED);
	setup(k, 0x100, TOC);
	mb_site(&k->b, RUNPRE_SITE_STUB, 8, 2);
	mb_form(&k->b);
	mb_branch(&k->b, RUNPRE_BRANCH_24 | RUNPRE_BRANCH_ENTRY, BL, *callee, 0);
	MB_LIT(&k->b, 0, 0, 0, 0x60);
	mb_form_end(&k->b);
	mb_form(&k->b);
	mb_stub(&k->b, RUNPRE_STUB_CALL, BL, toc, *callee);
	MB_LIT(&k->b, 0x18, 0, 0x41, 0xe8);
	mb_form_end(&k->b);
	mb_end(&k->b);
}

static void a_call_goes_through_a_stub(void **state)
{
	struct kernel k;
	u32 callee;

	begin_module(&k, &callee);
	put_call_stub(&k, AT(0x800));
	PUT(&k, 0x108, BL | (STUB - 0x108), LD_R2_24_R1);
	assert_int_equal(verdict(&k), RUNPRE_OK);
	assert_true(k.work.syms[callee].value == AT(0x800));
	/* What the module has itself, it calls directly. */
	PUT(&k, 0x108, BL | (0x800 - 0x108), NOP);
	assert_int_equal(verdict(&k), RUNPRE_OK);
	/* r2 is not restored; it is restored from what nobody has saved. */
	PUT(&k, 0x108, BL | (STUB - 0x108), NOP);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	PUT(&k, 0x108, BL | (0x800 - 0x108), LD_R2_24_R1);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	/* A jump is no call. */
	PUT(&k, 0x108, (BL | (STUB - 0x108)) ^ 1, LD_R2_24_R1);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	end(&k);
}

static void a_stub_leads_elsewhere(void **state)
{
	struct kernel k;
	u32 callee;

	begin_module(&k, &callee);
	put_call_stub(&k, AT(0x804));
	PUT(&k, 0x108, BL | (STUB - 0x108), LD_R2_24_R1);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	/* The next stub's first instructions, where this one's are looked for: they reach another function's address. */
	put_call_stub(&k, AT(0x800));
	memmove(k.mem + STUB + 40, k.mem + STUB, 40);
	PUT(&k, 0x108, BL | (STUB + 40 - 0x108), LD_R2_24_R1);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	/* A stub of a module with another TOC pointer. */
	PUT(&k, 0x108, BL | (STUB - 0x108), LD_R2_24_R1);
	assert_int_equal(verdict(&k), RUNPRE_OK);
	PUT(&k, 0x100, ADDIS_R2_R12 | high(TOC + 0x100 - AT(0x100)), ADDI_R2_R2 | low(TOC + 0x100 - AT(0x100)));
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	/* No stub, and no memory. */
	PUT(&k, 0x100, ADDIS_R2_R12 | high(TOC - AT(0x100)), ADDI_R2_R2 | low(TOC - AT(0x100)));
	PUT(&k, 0x108, BL | (0x4000 - 0x108), LD_R2_24_R1);
	assert_int_equal(verdict(&k), RUNPRE_UNREADABLE);
	end(&k);
}

/* Of what the processor would run or read, no bit may be another; jump[6] is behind the end. */
static void each_bit_of_a_stub_counts(u32 type)
{
	static const struct runpre_paca paca = { .toc = KERNEL_TOC, .toc_at = IN_PACA };
	const u32 unused = type == RUNPRE_STUB_CALL ? 24 : 20;
	struct kernel k;
	u32 callee;

	begin_ppc64le(&k);
	k.paca = &paca;
	callee = mb_sym(&k.b, "callee", 0);
	cand(&k, callee, 0x800);
	mb_span(&k.b, f, RUNPRE_SPAN_REQUIRED);
	setup(&k, 0x100, TOC);
	mb_stub(&k.b, type, BL, type == RUNPRE_STUB_CALL ? toc : 0, callee);
	mb_end(&k.b);
	PUT(&k, 0x108, BL | (STUB - 0x108));
	for (u32 bit = 0; bit < 320; bit++) {
		if (bit / 8 >= unused && bit / 8 < 28)
			continue;
		if (type == RUNPRE_STUB_CALL)
			put_call_stub(&k, AT(0x800));
		else
			put_tracer_stub(&k, AT(0x800));
		assert_int_equal(verdict(&k), RUNPRE_OK);
		k.mem[STUB + bit / 8] ^= 1 << (bit % 8);
		if (verdict(&k) != RUNPRE_DIFFERS)
			fail_msg("bit %u of the stub counts for nothing", bit);
	}
	end(&k);
}

static void a_stub_is_proved_whole(void **state)
{
	each_bit_of_a_stub_counts(RUNPRE_STUB_CALL);
	each_bit_of_a_stub_counts(RUNPRE_STUB_TRACER);
}

/* Where nobody says what the processor's area holds, no such stub can be told; and a function's stub is no tracer's. */
static void a_tracer_has_a_stub_of_its_own(void **state)
{
	static const struct runpre_paca paca = { .toc = KERNEL_TOC, .toc_at = IN_PACA };
	struct kernel k;
	u32 callee;

	begin_ppc64le(&k);
	callee = mb_sym(&k.b, "ftrace_caller", RUNPRE_SYM_CHECK);
	cand(&k, callee, 0x800);
	mb_span(&k.b, f, RUNPRE_SPAN_REQUIRED);
	mb_stub(&k.b, RUNPRE_STUB_TRACER, BL, 0, callee);
	mb_end(&k.b);
	put_tracer_stub(&k, AT(0x800));
	PUT(&k, 0x100, BL | (STUB - 0x100));
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	k.paca = &paca;
	assert_int_equal(verdict(&k), RUNPRE_OK);
	put_tracer_stub(&k, AT(0x900));
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	put_call_stub(&k, AT(0x800));
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	end(&k);
}

/* A part of a function has r2 from the function. */
static void a_stub_needs_the_toc_pointer(void **state)
{
	struct kernel k;
	u32 callee;

	begin_ppc64le(&k);
	callee = mb_sym(&k.b, "callee", 0);
	cand(&k, callee, 0x800);
	mb_span(&k.b, f, RUNPRE_SPAN_REQUIRED);
	mb_stub(&k.b, RUNPRE_STUB_CALL, BL, toc, callee);
	mb_end(&k.b);
	put_call_stub(&k, AT(0x800));
	PUT(&k, 0x100, BL | (STUB - 0x100));
	assert_int_equal(verdict(&k), RUNPRE_UNDECIDED);
	end(&k);
}

/* Behind a carried function, with its TOC pointer where a pointer is in reach. */
#define PIECE	0x400
#define OWN_TOC	AT(0x8000)
#define ENTRY	0x1000		/* in .toc */
#define STD_R2_24_R1	0xf8410018u
#define LD_R12_R2	0xe9820000u
#define LD_R2_R2	0xe8420000u
#define MTCTR_R12	0x7d8903a6u
#define BCTR		0x4e800420u
#define B		0x48000000u
#define BEQ		0x41820000u
#define BLR		0x4e800020u

static void put_pointer(struct kernel *k, u32 off, u64 value)
{
	PUT(k, off, (u32)value, (u32)(value >> 32));
}

/* A function with its TOC pointer, and a branch 8 bytes on that leads to @sym by way of a piece. */
static void begin_carried(struct kernel *k, u32 type, u32 insn, const char *name, u32 *sym)
{
	begin_ppc64le(k);
	*sym = mb_sym(&k->b, name, 0);
	mb_span(&k->b, f, RUNPRE_SPAN_REQUIRED);
	setup(k, 0x100, OWN_TOC);
	mb_stub(&k->b, type, insn, toc, *sym);
	mb_end(&k->b);
	PUT(k, 0x108, insn | (PIECE - 0x108));
	put_pointer(k, ENTRY, AT(0x800));
}

static void put_piece_to_kernel(struct kernel *k)
{
	PUT(k, PIECE, STD_R2_24_R1, LD_R12_R2 | low(AT(ENTRY) - OWN_TOC), MTCTR_R12, BCTR);
}

static void a_call_goes_by_way_of_a_piece(void **state)
{
	struct kernel k;
	u32 callee;

	begin_carried(&k, RUNPRE_STUB_PIECE, BL, "callee", &callee);
	/* By its address, */
	put_piece_to_kernel(&k);
	assert_int_equal(verdict(&k), RUNPRE_OK);
	assert_true(k.work.syms[callee].value == AT(0x800));
	/* or, of the same update's, to either entry. */
	PUT(&k, PIECE, STD_R2_24_R1, B | (0x700 - PIECE - 4));
	assert_int_equal(verdict(&k), RUNPRE_OK);
	assert_true(k.work.syms[callee].value == AT(0x700));
	PUT(&k, 0x6f8, ADDIS_R2_R12, ADDI_R2_R2);
	assert_int_equal(verdict(&k), RUNPRE_OK);
	assert_true(k.work.syms[callee].value == AT(0x6f8));
	/* Nothing is called at its global entry so: r12 has not its address. */
	PUT(&k, PIECE, STD_R2_24_R1, B | (0x6f8 - PIECE - 4));
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	/* Backwards. */
	PUT(&k, PIECE, STD_R2_24_R1, B | ((0x200 - PIECE - 4) & 0x03fffffc));
	assert_int_equal(verdict(&k), RUNPRE_OK);
	assert_true(k.work.syms[callee].value == AT(0x200));
	/* Another function than it is known to be. */
	cand(&k, callee, 0x800);
	assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
	end(&k);
}

static void a_return_goes_by_way_of_a_piece(void **state)
{
	struct kernel k;
	u32 of_target;

	for (u32 i = 0; i < 2; i++) {
		begin_carried(&k, i ? RUNPRE_STUB_RETURN_IF : RUNPRE_STUB_RETURN, i ? BEQ : B, NULL, &of_target);
		PUT(&k, PIECE, LD_R2_R2 | low(AT(ENTRY) - OWN_TOC), BLR);
		assert_int_equal(verdict(&k), RUNPRE_OK);
		assert_true(k.work.syms[of_target].value == AT(0x800));
		/* A call is none, nor is one on another condition. */
		PUT(&k, 0x108, (i ? BEQ : B) | (PIECE - 0x108) | 1);
		assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
		PUT(&k, 0x108, (0x40820000u) | (PIECE - 0x108));
		assert_int_equal(verdict(&k), RUNPRE_DIFFERS);
		end(&k);
	}
}

/* The pointer's address has to be known before it is read; and the pointer, to be there. */
static void a_piece_reads_by_the_toc_pointer(void **state)
{
	struct kernel k;
	u32 callee;

	begin_ppc64le(&k);
	callee = mb_sym(&k.b, "callee", 0);
	mb_span(&k.b, f, RUNPRE_SPAN_REQUIRED);
	mb_stub(&k.b, RUNPRE_STUB_PIECE, BL, toc, callee);
	mb_end(&k.b);
	put_piece_to_kernel(&k);
	PUT(&k, 0x100, BL | (PIECE - 0x100));
	assert_int_equal(verdict(&k), RUNPRE_UNDECIDED);
	end(&k);
	begin_carried(&k, RUNPRE_STUB_PIECE, BL, "callee", &callee);
	PUT(&k, PIECE, STD_R2_24_R1, LD_R12_R2 | 0x7ff8, MTCTR_R12, BCTR);
	assert_int_equal(verdict(&k), RUNPRE_UNREADABLE);
	end(&k);
}

static void each_bit_of_a_piece_counts(u32 type, u32 bits)
{
	struct kernel k;
	u32 sym;

	begin_carried(&k, type, type == RUNPRE_STUB_PIECE ? BL : B, NULL, &sym);
	for (u32 bit = 0; bit < bits; bit++) {
		u32 ret;

		if (type == RUNPRE_STUB_PIECE)
			put_piece_to_kernel(&k);
		else
			PUT(&k, PIECE, LD_R2_R2 | low(AT(ENTRY) - OWN_TOC), BLR);
		assert_int_equal(verdict(&k), RUNPRE_OK);
		assert_true(k.work.syms[sym].value == AT(0x800));
		k.mem[PIECE + bit / 8] ^= 1 << (bit % 8);
		ret = verdict(&k);
		if (ret == RUNPRE_OK && k.work.syms[sym].value == AT(0x800))
			fail_msg("bit %u of the piece counts for nothing", bit);
	}
	end(&k);
}

static void a_piece_is_proved_whole(void **state)
{
	each_bit_of_a_piece_counts(RUNPRE_STUB_PIECE, 128);
	each_bit_of_a_piece_counts(RUNPRE_STUB_RETURN, 64);
}

/* In a site, only its own bytes count, but the upper half may lie before it. */
static void an_upper_half_before_the_site(void **state)
{
	struct kernel k;
	u32 var;

	begin_ppc64le(&k);
	var = mb_sym(&k.b, NULL, 0);
	mb_span(&k.b, f, RUNPRE_SPAN_REQUIRED);
	setup(&k, 0x100, TOC);
	mb_high(&k.b, ADDIS_R9_R2, 8);
	mb_site(&k.b, RUNPRE_SITE_FEATURE, 4, 2);
	mb_form(&k.b);
	mb_low(&k.b, RUNPRE_LOW_TOC, ADDI_R9_R9, 8, toc, var, 0);
	mb_form_end(&k.b);
	mb_form(&k.b);
	MB_LIT(&k.b, 0, 0, 0, 0x60);
	mb_form_end(&k.b);
	mb_end(&k.b);
	PUT(&k, 0x108, ADDIS_R9_R2 | high(AT(0x1800) - TOC), ADDI_R9_R9 | low(AT(0x1800) - TOC));
	assert_int_equal(verdict(&k), RUNPRE_OK);
	assert_true(k.work.syms[var].value == AT(0x1800));
	PUT(&k, 0x10c, NOP);
	assert_int_equal(verdict(&k), RUNPRE_OK);
	assert_int_equal(k.work.syms[var].state, RUNPRE_UNBOUND);
	end(&k);
}

/* What the interpreter relies on. */
static void bad(void (*op)(struct kernel *k, u32 sym), u32 arch)
{
	struct runpre_fault fault;
	struct runpre_header *h;
	struct kernel k;
	size_t size;

	begin_ppc64le(&k);
	k.b.h.arch = arch;
	mb_span(&k.b, f, 0);
	op(&k, toc);
	mb_end(&k.b);
	h = mb_finish(&k.b, &size);
	assert_int_equal(runpre_check(h, size, &fault), RUNPRE_BAD_DATA);
	free(h);
	end(&k);
}

static void op_jump(struct kernel *k, u32 sym) { mb_jumpsym(&k->b, RUNPRE_CC_ALWAYS, sym, 0); }
static void op_nops(struct kernel *k, u32 sym) { mb_nops(&k->b, 4); }
static void op_pad(struct kernel *k, u32 sym) { mb_pad(&k->b, 4); }
static void op_high(struct kernel *k, u32 sym) { mb_high(&k->b, ADDIS_R9_R2, 0); }
static void op_high_far(struct kernel *k, u32 sym) { mb_high(&k->b, ADDIS_R9_R2, 4); }
static void op_high_odd(struct kernel *k, u32 sym) { mb_high(&k->b, ADDIS_R9_R2, 2); op_high(k, sym); }
static void op_branch(struct kernel *k, u32 sym) { mb_branch(&k->b, RUNPRE_BRANCH_24, BL, sym, 0); }
static void op_low(struct kernel *k, u32 sym) { mb_low(&k->b, RUNPRE_LOW_TOC, ADDI_R9_R9, 0, 0, sym, 0); }
static void op_high_with_field(struct kernel *k, u32 sym) { mb_high(&k->b, ADDIS_R9_R2 | 1, 0); }
static void op_branch_with_field(struct kernel *k, u32 sym) { mb_branch(&k->b, RUNPRE_BRANCH_24, BL | 4, sym, 0); }
static void op_branch_of_no_type(struct kernel *k, u32 sym) { mb_branch(&k->b, RUNPRE_BRANCH_MAX, BL, sym, 0); }
static void op_low_with_field(struct kernel *k, u32 sym) { mb_low(&k->b, RUNPRE_LOW_TOC, ADDI_R9_R9 | 1, 0, 0, sym, 0); }
static void op_low_of_no_type(struct kernel *k, u32 sym) { mb_low(&k->b, RUNPRE_LOW_MAX, ADDI_R9_R9, 0, 0, sym, 0); }
static void op_low_far(struct kernel *k, u32 sym) { mb_low(&k->b, RUNPRE_LOW_TOC, ADDI_R9_R9, 4, 0, sym, 0); }
static void op_low_odd(struct kernel *k, u32 sym) { mb_low(&k->b, RUNPRE_LOW_TOC, ADDI_R9_R9, 2, 0, sym, 0); op_low(k, sym); }
static void op_low_of_no_symbol(struct kernel *k, u32 sym) { mb_low(&k->b, RUNPRE_LOW_TOC, ADDI_R9_R9, 0, 0, 99, 0); }
static void op_low_of_no_toc(struct kernel *k, u32 sym) { mb_low(&k->b, RUNPRE_LOW_TOC, ADDI_R9_R9, 0, 99, sym, 0); }
static void op_stub(struct kernel *k, u32 sym) { mb_stub(&k->b, RUNPRE_STUB_CALL, BL, 0, sym); }
static void op_stub_with_field(struct kernel *k, u32 sym) { mb_stub(&k->b, RUNPRE_STUB_CALL, BL | 4, 0, sym); }
static void op_stub_of_no_type(struct kernel *k, u32 sym) { mb_stub(&k->b, RUNPRE_STUB_MAX, BL, 0, sym); }
static void op_stub_of_no_symbol(struct kernel *k, u32 sym) { mb_stub(&k->b, RUNPRE_STUB_CALL, BL, 0, 99); }
static void op_stub_of_no_toc(struct kernel *k, u32 sym) { mb_stub(&k->b, RUNPRE_STUB_CALL, BL, 99, sym); }
static void op_piece_with_field(struct kernel *k, u32 sym) { mb_stub(&k->b, RUNPRE_STUB_PIECE, BL | 4, 0, sym); }
static void op_return_with_field(struct kernel *k, u32 sym) { mb_stub(&k->b, RUNPRE_STUB_RETURN_IF, BEQ | 4, 0, sym); }
static void op_return_of_no_toc(struct kernel *k, u32 sym) { mb_stub(&k->b, RUNPRE_STUB_RETURN, B, 99, sym); }
static void op_tracer_with_toc(struct kernel *k, u32 sym) { mb_stub(&k->b, RUNPRE_STUB_TRACER, BL, 1, sym); }
static void op_pc_with_toc(struct kernel *k, u32 sym) { mb_low(&k->b, RUNPRE_LOW_PC, ADDI_R2_R2, 0, 1, sym, 0); }

static void malformed_data_is_refused(void **state)
{
	static void (*const here[])(struct kernel *, u32) = {
		op_jump, op_nops, op_pad, op_high_with_field, op_high_far, op_high_odd, op_branch_with_field, op_branch_of_no_type, op_low_with_field,
		op_low_of_no_type, op_low_far, op_low_odd, op_low_of_no_symbol, op_low_of_no_toc, op_pc_with_toc,
		op_stub_with_field, op_stub_of_no_type, op_stub_of_no_symbol, op_stub_of_no_toc, op_tracer_with_toc,
		op_piece_with_field, op_return_with_field, op_return_of_no_toc,
	};
	static void (*const other[])(struct kernel *, u32) = { op_high, op_low, op_branch, op_stub };

	for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++)
		bad(here[i], RUNPRE_ARCH_PPC64LE);
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		bad(other[i], RUNPRE_ARCH_X86_64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_halves_are_an_address),
		cmocka_unit_test(all_upper_halves_of_an_address_are_alike),
		cmocka_unit_test(an_upper_half_of_zero_is_a_nop),
		cmocka_unit_test(a_pointer_in_the_toc_is_loaded_or_dropped),
		cmocka_unit_test(all_functions_have_one_toc_pointer),
		cmocka_unit_test(a_call_goes_to_either_entry),
		cmocka_unit_test(branches_go_backwards_too),
		cmocka_unit_test(an_upper_half_before_the_site),
		cmocka_unit_test(a_call_goes_through_a_stub),
		cmocka_unit_test(a_stub_leads_elsewhere),
		cmocka_unit_test(a_stub_is_proved_whole),
		cmocka_unit_test(a_tracer_has_a_stub_of_its_own),
		cmocka_unit_test(a_stub_needs_the_toc_pointer),
		cmocka_unit_test(a_call_goes_by_way_of_a_piece),
		cmocka_unit_test(a_return_goes_by_way_of_a_piece),
		cmocka_unit_test(a_piece_reads_by_the_toc_pointer),
		cmocka_unit_test(a_piece_is_proved_whole),
		cmocka_unit_test(malformed_data_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
