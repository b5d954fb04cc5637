// SPDX-License-Identifier: GPL-2.0-or-later
/* runpre_resolve() over a made-up kernel: who is found where, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka.h needs those before it */
#include <cmocka.h>

#include "tests/unit/match-kernel.h"

#define BASE 0xffffffff81000000ull
#define AT(off) (BASE + (off))
#define NONE ((u32)-1)

static void poke(struct kernel *k, u32 off, const void *bytes, size_t len)
{
	assert_true(off + len <= sizeof(k->mem));
	memcpy(k->mem + off, bytes, len);
}

#define POKE(k, off, ...) poke(k, off, (const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))

static void poke64(struct kernel *k, u32 off, u64 v)
{
	for (u32 i = 0; i < 8; i++)
		k->mem[off + i] = (u8)(v >> 8 * i);
}

/* "call to; ret" at @off. */
static void poke_caller(struct kernel *k, u32 off, u32 to)
{
	u32 rel = to - (off + 5);

	POKE(k, off, 0xe8, (u8)rel, (u8)(rel >> 8), (u8)(rel >> 16), (u8)(rel >> 24), 0xc3);
}

/* A span "call sym; ret". */
static u32 span_caller(struct kernel *k, u32 sym, u16 flags, u32 callee)
{
	u32 i = mb_span(&k->b, sym, flags);

	MB_LIT(&k->b, 0xe8);
	mb_reloc(&k->b, RUNPRE_REL_PC32, callee, -4);
	MB_LIT(&k->b, 0xc3);
	mb_end(&k->b);
	return i;
}

/* A span "mov $n,%eax; ret", and its run code. */
static u32 span_leaf(struct kernel *k, u32 sym, u16 flags, u8 n)
{
	u32 i = mb_span(&k->b, sym, flags);

	MB_LIT(&k->b, 0xb8, n, 0, 0, 0, 0xc3);
	mb_end(&k->b);
	return i;
}

static void poke_leaf(struct kernel *k, u32 off, u8 n)
{
	POKE(k, off, 0xb8, n, 0, 0, 0, 0xc3);
}

/* The symbol table has @sym there, and there is such code. */
static void leaf_at(struct kernel *k, u32 sym, u32 off, u8 n)
{
	cand(k, sym, off);
	poke_leaf(k, off, n);
}

static void caller_at(struct kernel *k, u32 sym, u32 off, u32 to)
{
	cand(k, sym, off);
	poke_caller(k, off, to);
}

#define assert_sym(k, sym, state_, off)                                                                                \
	do {                                                                                                           \
		assert_int_equal((k)->work.syms[sym].state, state_);                                                   \
		assert_true((k)->work.syms[sym].value == AT(off));                                                     \
	} while (0)

#define REQUIRED RUNPRE_SPAN_REQUIRED
#define REPLACE (RUNPRE_SPAN_REQUIRED | RUNPRE_SPAN_REPLACE)
#define BY_RUN RUNPRE_BOUND_BY_RUN

static void one_function_and_what_it_calls(void **state)
{
	struct kernel k;
	u32 f, g;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	g = mb_published(&k.b, "g", 0);
	span_caller(&k, f, REPLACE, g);
	caller_at(&k, f, 0x100, 0x200);
	cand(&k, g, 0x200);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_int_equal(k.where, NONE);
	assert_int_equal(k.where_sym, NONE);
	assert_sym(&k, f, BY_RUN, 0x100);
	assert_sym(&k, g, BY_RUN, 0x200);
	assert_true(k.work.spans[0].addr == AT(0x100));
	assert_int_equal(k.work.spans[0].run_len, 6);
	assert_int_equal(k.work.spans[0].tried, 1);

	/* It calls something of another name. */
	poke_caller(&k, 0x100, 0x300);
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.where, 0);
	assert_int_equal(k.where_sym, NONE);
	assert_int_equal(k.work.spans[0].fault.op, RUNPRE_OP_RELOC);
	assert_int_equal(k.work.spans[0].fault.sym, g);
	assert_true(k.work.spans[0].fault.expected == AT(0x200));
	assert_true(k.work.spans[0].fault.found == AT(0x300));
	assert_true(k.work.spans[0].fault_addr == AT(0x100));
	/* Nothing is left of the trial; what is published is known by its name. */
	assert_int_equal(k.work.syms[f].state, RUNPRE_UNBOUND);
	assert_sym(&k, g, RUNPRE_BOUND_BY_NAME, 0x200);
	end(&k);
}

static void code_of_duplicates_tells_them_apart(void **state)
{
	struct kernel k;
	u32 f;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	span_leaf(&k, f, REPLACE, 2);
	for (u8 i = 1; i <= 3; i++)
		leaf_at(&k, f, 0x100u * i, i);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_sym(&k, f, BY_RUN, 0x200);
	assert_int_equal(k.work.spans[0].tried, 3);

	poke_leaf(&k, 0x200, 7);
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.work.syms[f].state, RUNPRE_UNBOUND);

	poke_leaf(&k, 0x100, 2);
	poke_leaf(&k, 0x300, 2);
	assert_int_equal(resolve(&k), RUNPRE_AMBIGUOUS);
	assert_int_equal(k.where, 0);
	assert_int_equal(k.work.syms[f].state, RUNPRE_UNBOUND);
	end(&k);
}

/* "static f" twice, byte for byte the same; g calls ours. */
static void callers_tell_identical_duplicates_apart(void **state)
{
	struct kernel k;
	u32 f, g;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	g = mb_sym(&k.b, "g", 0);
	span_leaf(&k, f, REPLACE, 2);
	span_caller(&k, g, REQUIRED, f);
	leaf_at(&k, f, 0x100, 2);
	leaf_at(&k, f, 0x200, 2);
	caller_at(&k, g, 0x300, 0x200);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_sym(&k, f, BY_RUN, 0x200);
	assert_true(k.work.spans[0].addr == AT(0x200));

	/* The one that is called is the one that differs: another candidate that fits does not help. */
	poke_leaf(&k, 0x200, 3);
	poke_leaf(&k, 0x100, 2);
	poke_caller(&k, 0x300, 0x200);
	assert_int_not_equal(resolve(&k), RUNPRE_OK);
	end(&k);
}

/* a calls b calls c, each of them there twice: only the end of the chain is known by itself. */
static void knowledge_travels_along_chains(void **state)
{
	struct kernel k;
	u32 a, b, c, top;

	begin(&k, BASE);
	c = mb_sym(&k.b, "c", 0);
	b = mb_sym(&k.b, "b", 0);
	a = mb_sym(&k.b, "a", 0);
	top = mb_sym(&k.b, "top", 0);
	span_leaf(&k, c, REPLACE, 1);
	span_caller(&k, b, REPLACE, c);
	span_caller(&k, a, REPLACE, b);
	span_caller(&k, top, REPLACE, a);
	for (u32 i = 0; i < 2; i++) {
		leaf_at(&k, c, 0x100 + 0x400 * i, 1);
		caller_at(&k, b, 0x200 + 0x400 * i, 0x100 + 0x400 * i);
		caller_at(&k, a, 0x300 + 0x400 * i, 0x200 + 0x400 * i);
	}
	caller_at(&k, top, 0xa00, 0x700);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_sym(&k, c, BY_RUN, 0x500);
	assert_sym(&k, b, BY_RUN, 0x600);
	assert_sym(&k, a, BY_RUN, 0x700);
	end(&k);
}

/* Of a function that is not replaced, nobody needs to know which of several equal ones it is. */
static void ambiguity_matters_only_where_something_depends_on_it(void **state)
{
	struct kernel k;
	u32 f;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	span_leaf(&k, f, REQUIRED, 2);
	leaf_at(&k, f, 0x100, 2);
	leaf_at(&k, f, 0x200, 2);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_int_equal(k.work.spans[0].ret, RUNPRE_AMBIGUOUS);
	end(&k);

	begin(&k, BASE);
	f = mb_published(&k.b, "f", 0);
	span_leaf(&k, f, REQUIRED, 2);
	leaf_at(&k, f, 0x100, 2);
	leaf_at(&k, f, 0x200, 2);
	assert_int_equal(resolve(&k), RUNPRE_AMBIGUOUS);
	assert_int_equal(k.where, NONE);
	assert_int_equal(k.where_sym, f);
	end(&k);
}

/* The stack check needs to know where the parts of a replaced function are. */
static void parts_of_replaced_functions_must_be_found(void **state)
{
	for (u32 replaced = 0; replaced < 2; replaced++) {
		struct kernel k;
		u32 f, cold;

		begin(&k, BASE);
		f = mb_sym(&k.b, "f", 0);
		cold = mb_sym(&k.b, "f.cold", 0);
		span_leaf(&k, f, replaced ? REPLACE : REQUIRED, 1);
		span_leaf(&k, cold, REQUIRED | RUNPRE_SPAN_PART, 2);
		leaf_at(&k, f, 0x100, 1);
		leaf_at(&k, cold, 0x200, 2);
		leaf_at(&k, cold, 0x300, 2);
		assert_int_equal(resolve(&k), replaced ? RUNPRE_AMBIGUOUS : RUNPRE_OK);
		assert_int_equal(k.where, replaced ? 1 : NONE);
		end(&k);
	}
}

static void conflicting_evidence_is_a_difference(void **state)
{
	struct kernel k;
	u32 f, g, s;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	g = mb_sym(&k.b, "g", 0);
	s = mb_sym(&k.b, NULL, 0);
	span_caller(&k, f, REQUIRED, s);
	span_caller(&k, g, REQUIRED, s);
	caller_at(&k, f, 0x100, 0x300);
	caller_at(&k, g, 0x200, 0x300);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_sym(&k, s, BY_RUN, 0x300);
	poke_caller(&k, 0x200, 0x301);
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.where, 1);
	assert_true(k.work.spans[1].fault.expected == AT(0x300));
	assert_true(k.work.spans[1].fault.found == AT(0x301));
	assert_int_equal(k.work.syms[g].state, RUNPRE_UNBOUND);
	end(&k);
}

static void recursion_must_go_to_the_function_itself(void **state)
{
	struct kernel k;
	u32 f;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	span_caller(&k, f, REPLACE, f);
	caller_at(&k, f, 0x100, 0x200);
	caller_at(&k, f, 0x200, 0x200);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_sym(&k, f, BY_RUN, 0x200);
	end(&k);
}

static void a_symbol_to_be_checked_needs_a_name(void **state)
{
	for (u32 check = 0; check < 2; check++) {
		struct kernel k;
		u32 f, thunk;

		begin(&k, BASE);
		f = mb_sym(&k.b, "f", 0);
		thunk = mb_sym(&k.b, "__x86_return_thunk", check ? RUNPRE_SYM_CHECK : 0);
		span_caller(&k, f, REPLACE, thunk);
		caller_at(&k, f, 0x100, 0x200);
		assert_int_equal(resolve(&k), check ? RUNPRE_DIFFERS : RUNPRE_OK);
		cand(&k, thunk, 0x200);
		assert_int_equal(resolve(&k), RUNPRE_OK);
		end(&k);
	}
}

/* An earlier update hooked f (at 0x100): its replacement at 0x800 runs, and is what pre must be. */
static void a_hooked_function_is_its_newest_replacement(void **state)
{
	struct kernel k;
	u32 f, g, alias;

	begin(&k, BASE);
	f = mb_published(&k.b, "f", 0);
	g = mb_sym(&k.b, "g", 0);
	alias = mb_alias(&k.b, f);
	span_leaf(&k, f, REPLACE, 2);
	span_caller(&k, g, REQUIRED, f);
	/* kallsyms knows the original and both replacements */
	leaf_at(&k, f, 0x100, 1);
	leaf_at(&k, f, 0x700, 1);
	leaf_at(&k, f, 0x800, 2);
	caller_at(&k, g, 0x300, 0x100);
	hook(&k, 0x100, 0x700);
	hook(&k, 0x700, 0x800);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_int_equal(k.work.spans[0].tried, 1);
	assert_true(k.work.spans[0].addr == AT(0x800));
	assert_sym(&k, f, BY_RUN, 0x800);
	assert_true(k.work.syms[f].root == AT(0x100));
	assert_sym(&k, alias, BY_RUN, 0x800);
	assert_true(k.work.syms[alias].root == AT(0x100));

	/* g was replaced too, and its new code refers to f's first replacement directly. */
	poke_caller(&k, 0x300, 0x700);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_sym(&k, f, BY_RUN, 0x800);
	assert_true(k.work.syms[f].root == AT(0x100));

	/* The original's code counts no more. */
	poke_leaf(&k, 0x800, 1);
	poke_leaf(&k, 0x100, 2);
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	end(&k);
}

/* The replacement's symbol may be unknown to the symbol table: references go to it all the same. */
static void a_reference_to_a_replacement_without_a_name(void **state)
{
	struct kernel k;
	u32 f, g;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	g = mb_sym(&k.b, "g", 0);
	span_caller(&k, g, REPLACE, f);
	cand(&k, f, 0x100);
	caller_at(&k, g, 0x300, 0x800);
	hook(&k, 0x100, 0x800);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_sym(&k, f, BY_RUN, 0x800);
	assert_true(k.work.syms[f].root == AT(0x100));
	poke_caller(&k, 0x300, 0x900);
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	end(&k);
}

/* A static call: the site calls what the key points to. */
static void build_pointee(struct kernel *k, u32 *key)
{
	u32 f, target;

	begin(k, BASE);
	f = mb_sym(&k->b, "f", 0);
	*key = mb_sym(&k->b, "key", 0);
	target = mb_pointee(&k->b, *key, 8);
	mb_span(&k->b, f, REPLACE);
	mb_site(&k->b, RUNPRE_SITE_STATIC_CALL, 5, 2);
	mb_form(&k->b);
	MB_LIT(&k->b, 0xe8);
	mb_reloc(&k->b, RUNPRE_REL_PC32, target, -4);
	mb_form_end(&k->b);
	mb_form(&k->b);
	MB_LIT(&k->b, 0x0f, 0x1f, 0x44, 0x00, 0x00);
	mb_form_end(&k->b);
	MB_LIT(&k->b, 0xc3);
	mb_end(&k->b);
	cand(k, f, 0x100);
	poke_caller(k, 0x100, 0x200);
	poke64(k, 0x408, AT(0x200));
}

static void a_pointee_is_what_memory_says_now(void **state)
{
	struct kernel k;
	u32 key;

	build_pointee(&k, &key);
	cand(&k, key, 0x400);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	poke64(&k, 0x408, AT(0x201));
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	assert_true(k.work.spans[0].fault.expected == AT(0x201));
	assert_true(k.work.spans[0].fault.found == AT(0x200));
	assert_int_equal(k.work.spans[0].fault.site, RUNPRE_SITE_STATIC_CALL);
	/* what leads to the same code is the same: a thunk in the padding before it */
	hook(&k, 0x200, 0x201);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	k.nr_hooks = 0;
	/* the other form asks nobody */
	POKE(&k, 0x100, 0x0f, 0x1f, 0x44, 0x00, 0x00);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	end(&k);
}

static void a_pointee_of_an_unknown_base_is_undecided(void **state)
{
	struct kernel k;
	u32 key, g;

	build_pointee(&k, &key);
	assert_int_equal(resolve(&k), RUNPRE_UNDECIDED);
	assert_int_equal(k.where, 0);
	cand(&k, key, 0x400);
	cand(&k, key, 0x500);
	assert_int_equal(resolve(&k), RUNPRE_UNDECIDED);
	/* another function tells which key it is */
	g = mb_sym(&k.b, "g", 0);
	span_caller(&k, g, REQUIRED, key);
	caller_at(&k, g, 0x600, 0x400);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	poke_caller(&k, 0x600, 0x500);
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	end(&k);
}

/* One candidate fits, another may yet: too early to say. */
static void an_undecided_candidate_keeps_all_waiting(void **state)
{
	struct kernel k;
	u32 key;

	build_pointee(&k, &key);
	cand(&k, 0, 0x700);
	POKE(&k, 0x700, 0x0f, 0x1f, 0x44, 0x00, 0x00, 0xc3);
	assert_int_equal(resolve(&k), RUNPRE_UNDECIDED);
	assert_int_equal(k.work.syms[0].state, RUNPRE_UNBOUND);
	cand(&k, key, 0x500);
	poke64(&k, 0x508, AT(0x900));
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_true(k.work.spans[0].addr == AT(0x700));
	end(&k);
}

static void a_pointee_that_cannot_be_read(void **state)
{
	struct kernel k;
	u32 key;

	build_pointee(&k, &key);
	cand(&k, key, 0x1ff4);
	assert_int_equal(resolve(&k), RUNPRE_UNREADABLE);
	end(&k);
}

static void strings_are_compared_where_code_refers_to_them(void **state)
{
	struct kernel k;
	u32 f, str, i;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	str = mb_published(&k.b, "", 0);
	i = mb_span(&k.b, str, RUNPRE_SPAN_DATA);
	MB_LIT(&k.b, 'h', 'e', 'l', 'l', 'o', 0);
	mb_end(&k.b);
	span_caller(&k, f, REPLACE, str);
	caller_at(&k, f, 0x100, 0x800);
	poke(&k, 0x800, "hello", 6);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_sym(&k, str, BY_RUN, 0x800);
	assert_true(k.work.spans[i].addr == AT(0x800));

	poke(&k, 0x800, "hellO", 6);
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.where, i);
	assert_int_equal(k.work.spans[i].fault.run_off, 4);
	end(&k);
}

static void a_string_that_nobody_refers_to_stays_unfound(void **state)
{
	struct kernel k;
	u32 f, str;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	str = mb_sym(&k.b, "msg", 0);
	span_leaf(&k, f, REPLACE, 1);
	mb_span(&k.b, str, RUNPRE_SPAN_DATA);
	MB_LIT(&k.b, 'x', 0);
	mb_end(&k.b);
	leaf_at(&k, f, 0x100, 1);
	cand(&k, str, 0x200);	/* data is not looked for by name */
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_int_equal(k.work.spans[1].ret, RUNPRE_NOT_FOUND);
	assert_int_equal(k.work.syms[str].state, RUNPRE_UNBOUND);
	mb_span_at(&k.b, 1)->flags |= REQUIRED;
	assert_int_equal(resolve(&k), RUNPRE_NOT_FOUND);
	assert_int_equal(k.where, 1);
	end(&k);
}

/* Two functions of one name that differ in nothing but the text of a string. */
static void strings_tell_duplicates_apart(void **state)
{
	struct kernel k;
	u32 f, str;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	str = mb_sym(&k.b, NULL, 0);
	span_caller(&k, f, REPLACE, str);
	mb_span(&k.b, str, RUNPRE_SPAN_DATA);
	MB_LIT(&k.b, 'b', 0);
	mb_end(&k.b);
	caller_at(&k, f, 0x100, 0x800);
	caller_at(&k, f, 0x200, 0x810);
	poke(&k, 0x800, "a", 2);
	poke(&k, 0x810, "b", 2);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_sym(&k, f, BY_RUN, 0x200);
	assert_sym(&k, str, BY_RUN, 0x810);

	poke(&k, 0x810, "c", 2);
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.work.spans[0].fault.sym, str);

	poke(&k, 0x800, "b", 2);
	poke(&k, 0x810, "b", 2);
	assert_int_equal(resolve(&k), RUNPRE_AMBIGUOUS);
	end(&k);
}

/* Two functions of one name that refer to different read-only objects with pointers in them. */
static void objects_with_pointers_tell_duplicates_apart(void **state)
{
	struct kernel k;
	u32 f, object, b;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	object = mb_sym(&k.b, NULL, 0);
	b = mb_sym(&k.b, NULL, 0);
	span_caller(&k, f, REPLACE, object);
	mb_span(&k.b, object, RUNPRE_SPAN_DATA);
	mb_reloc(&k.b, RUNPRE_REL_ABS64, b, 0);
	mb_end(&k.b);
	mb_span(&k.b, b, RUNPRE_SPAN_DATA);
	MB_LIT(&k.b, 'b', 0);
	mb_end(&k.b);
	caller_at(&k, f, 0x100, 0x800);
	caller_at(&k, f, 0x200, 0x810);
	poke64(&k, 0x800, AT(0x400));
	poke64(&k, 0x810, AT(0x500));
	/* Only one level of reference is looked at: both fit, and nothing of the trials is left. */
	assert_int_equal(resolve(&k), RUNPRE_AMBIGUOUS);
	assert_int_equal(k.work.syms[object].state, RUNPRE_UNBOUND);
	assert_int_equal(k.work.syms[b].state, RUNPRE_UNBOUND);
	/* A name decides. */
	cand(&k, b, 0x500);
	poke(&k, 0x500, "b", 2);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_true(k.work.spans[0].addr == AT(0x200));
	assert_sym(&k, b, BY_RUN, 0x500);
	end(&k);
}

/* An object that is to be changed in place, which no matched code need refer to. */
static void replaced_data_is_looked_for_by_name(void **state)
{
	struct kernel k;
	u32 object, pointee, i;

	begin(&k, BASE);
	object = mb_published(&k.b, "object", 0);
	pointee = mb_sym(&k.b, "pointee", 0);
	i = mb_span(&k.b, object, REPLACE | RUNPRE_SPAN_DATA);
	MB_LIT(&k.b, 1, 0);
	mb_reloc(&k.b, RUNPRE_REL_ABS64, pointee, 0);
	mb_end(&k.b);
	assert_int_equal(resolve(&k), RUNPRE_NOT_FOUND);
	cand(&k, object, 0x200);
	cand(&k, pointee, 0x500);
	POKE(&k, 0x200, 1, 0);
	poke64(&k, 0x202, AT(0x500));
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_sym(&k, object, BY_RUN, 0x200);
	assert_true(k.work.spans[i].addr == AT(0x200));

	/* Another value than the compiler gave it. */
	POKE(&k, 0x200, 2);
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.where, i);
	POKE(&k, 0x200, 1);
	poke64(&k, 0x202, AT(0x508));
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);

	/* Two of that name: the contents decide, if they can. */
	cand(&k, object, 0x300);
	POKE(&k, 0x300, 1, 0);
	poke64(&k, 0x302, AT(0x500));
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_sym(&k, object, BY_RUN, 0x300);
	poke64(&k, 0x202, AT(0x500));
	assert_int_equal(resolve(&k), RUNPRE_AMBIGUOUS);
	end(&k);
}

static void what_is_not_required_may_fail(void **state)
{
	struct kernel k;
	u32 f, weak;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	weak = mb_published(&k.b, "weak", 0);
	span_caller(&k, f, REPLACE, weak);
	span_leaf(&k, weak, 0, 1);
	caller_at(&k, f, 0x100, 0x200);
	cand(&k, weak, 0x200);
	poke_leaf(&k, 0x200, 9);	/* overridden elsewhere */
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_int_equal(k.work.spans[1].ret, RUNPRE_DIFFERS);
	assert_sym(&k, weak, BY_RUN, 0x200);
	end(&k);
}

static void published_symbols_need_one_address(void **state)
{
	struct kernel k;
	u32 f, data, alias;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	span_leaf(&k, f, REPLACE, 1);
	leaf_at(&k, f, 0x100, 1);
	data = mb_published(&k.b, "data", 0);
	alias = mb_alias(&k.b, data);
	assert_int_equal(resolve(&k), RUNPRE_NOT_FOUND);
	assert_int_equal(k.where, NONE);
	assert_int_equal(k.where_sym, data);
	cand(&k, data, 0x400);
	cand(&k, data, 0x400);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_sym(&k, data, RUNPRE_BOUND_BY_NAME, 0x400);
	assert_sym(&k, alias, RUNPRE_BOUND_BY_NAME, 0x400);
	cand(&k, data, 0x500);
	assert_int_equal(resolve(&k), RUNPRE_AMBIGUOUS);
	assert_int_equal(k.where_sym, data);
	end(&k);
}

/* Of the function first hooked: that is what a pointer to it is. */
static void a_pointer_to_a_sealed_function_is_refused(void **state)
{
	struct kernel k;
	u32 f, g;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	span_leaf(&k, f, REPLACE, 1);
	leaf_at(&k, f, 0x100, 1);
	g = mb_published(&k.b, "g", RUNPRE_SYM_ROOT);
	cand(&k, g, 0x200);
	POKE(&k, 0x200, 0xf3, 0x0f, 0x1e, 0xfa);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	POKE(&k, 0x200, 0x66, 0x0f, 0x1f, 0x00);
	assert_int_equal(resolve(&k), RUNPRE_SEALED);
	assert_int_equal(k.where, NONE);
	assert_int_equal(k.where_sym, g);
	end(&k);

	/* Called it may be. */
	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	span_leaf(&k, f, REPLACE, 1);
	leaf_at(&k, f, 0x100, 1);
	g = mb_published(&k.b, "g", 0);
	cand(&k, g, 0x200);
	POKE(&k, 0x200, 0x66, 0x0f, 0x1f, 0x00);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	end(&k);
}

/* A failure of a function comes before one of a symbol, DIFFERS before NOT_FOUND, whatever their order. */
static void the_worst_failure_is_told_first(void **state)
{
	struct kernel k;
	u32 lost, f, sym;

	begin(&k, BASE);
	lost = mb_sym(&k.b, "lost", 0);
	f = mb_sym(&k.b, "f", 0);
	sym = mb_published(&k.b, "sym", 0);
	span_leaf(&k, lost, REPLACE, 1);
	span_leaf(&k, f, REPLACE, 2);
	cand(&k, f, 0x100);
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.where, 1);
	poke_leaf(&k, 0x100, 2);
	assert_int_equal(resolve(&k), RUNPRE_NOT_FOUND);
	assert_int_equal(k.where, 0);
	cand(&k, sym, 0x300);
	cand(&k, sym, 0x400);
	assert_int_equal(resolve(&k), RUNPRE_AMBIGUOUS);
	assert_int_equal(k.where, NONE);
	assert_int_equal(k.where_sym, sym);
	end(&k);
}

static void code_that_cannot_be_read(void **state)
{
	struct kernel k;
	u32 f;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	span_leaf(&k, f, REPLACE, 1);
	cand(&k, f, 0x2000);
	assert_int_equal(resolve(&k), RUNPRE_UNREADABLE);
	k.nr_cands = 0;
	cand(&k, f, 0x1ffb);
	POKE(&k, 0x1ffb, 0xb8, 1, 0, 0, 0);
	assert_int_equal(resolve(&k), RUNPRE_UNREADABLE);
	assert_int_equal(k.work.spans[0].fault.run_off, 5);
	/* the last byte that there is will do */
	k.nr_cands = 0;
	leaf_at(&k, f, 0x1ffa, 1);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	end(&k);
}

static void the_fault_is_of_the_candidate_that_came_furthest(void **state)
{
	struct kernel k;
	u32 f;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	span_leaf(&k, f, REPLACE, 1);
	cand(&k, f, 0x100);
	cand(&k, f, 0x200);
	cand(&k, f, 0x300);
	POKE(&k, 0x200, 0xb8, 1, 0, 0, 0, 0x90);
	POKE(&k, 0x300, 0xb8, 2, 0, 0, 0, 0xc3);
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.work.spans[0].tried, 3);
	assert_true(k.work.spans[0].fault_addr == AT(0x200));
	assert_int_equal(k.work.spans[0].fault.run_off, 5);
	assert_int_equal(k.work.spans[0].fault.found, 0x90);
	end(&k);
}

static void per_cpu_offsets_are_no_functions(void **state)
{
	struct kernel k;
	u32 f, var;

	begin(&k, BASE);
	f = mb_sym(&k.b, "f", 0);
	var = mb_published(&k.b, "counter", RUNPRE_SYM_PERCPU);
	mb_span(&k.b, f, REPLACE);
	MB_LIT(&k.b, 0x65, 0xff, 0x04, 0x25);
	mb_reloc(&k.b, RUNPRE_REL_ABS32S, var, 0);
	mb_end(&k.b);
	cand(&k, f, 0x100);
	k.cands[k.nr_cands].sym = var;
	k.cands[k.nr_cands++].addr = 0x1f40;
	hook(&k, 0x100, 0x800);
	k.hooks[0].old = 0x1f40;
	POKE(&k, 0x100, 0x65, 0xff, 0x04, 0x25, 0x40, 0x1f, 0, 0);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_true(k.work.syms[var].value == 0x1f40 && k.work.syms[var].root == 0x1f40);
	end(&k);
}

/* A function of which the kernel's code and an update's are compiled otherwise; hooked, from 0x100 to 0x800. */
static u32 begin_second(struct kernel *k, u32 *f, u32 *second)
{
	u32 i;

	begin(k, BASE);
	*f = mb_sym(&k->b, "f", 0);
	cand(k, *f, 0x100);
	i = span_leaf(k, *f, RUNPRE_SPAN_REQUIRED | RUNPRE_SPAN_REPLACE, 1);
	*second = mb_span(&k->b, *f, RUNPRE_SPAN_CARRIED);
	MB_LIT(&k->b, 0x90, 0xb8, 1, 0, 0, 0, 0xc3);
	k->b.span.hook_len = 5;
	k->b.span.hook_off = 1;
	mb_end(&k->b);
	mb_span_at(&k->b, i)->carried = *second;
	k->updates = 0x800;
	return i;
}

static void poke_second(struct kernel *k, u32 off)
{
	POKE(k, off, 0x90, 0xb8, 1, 0, 0, 0, 0xc3);
}

static void the_code_of_an_update_has_a_program_of_its_own(void **state)
{
	struct kernel k;
	u32 f, second, i = begin_second(&k, &f, &second);

	poke_leaf(&k, 0x100, 1);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_int_equal(k.work.spans[i].program, i);
	assert_int_equal(k.work.spans[i].run_len, 6);
	hook(&k, 0x100, 0x800);
	poke_second(&k, 0x800);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_int_equal(k.work.spans[i].program, second);
	assert_int_equal(k.work.spans[i].run_len, 7);
	assert_true(k.work.spans[i].addr == AT(0x800));
	assert_true(k.work.syms[f].value == AT(0x800));
	assert_true(k.work.syms[f].root == AT(0x100));
	/* It is run in its function's place alone. */
	assert_int_equal(k.work.spans[second].ret, RUNPRE_NOT_FOUND);
	end(&k);
}

static void each_code_is_compared_with_its_own_program_alone(void **state)
{
	struct kernel k;
	u32 f, second, i = begin_second(&k, &f, &second);

	/* The kernel's looks like an update's. */
	poke_second(&k, 0x100);
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.where, i);
	assert_int_equal(k.work.spans[i].fault.run_off, 0);
	/* The update's looks like the kernel's, or is another function. */
	poke_leaf(&k, 0x100, 1);
	hook(&k, 0x100, 0x800);
	poke_leaf(&k, 0x800, 1);
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	poke_second(&k, 0x800);
	k.mem[0x802] = 2;
	assert_int_equal(resolve(&k), RUNPRE_DIFFERS);
	assert_int_equal(k.work.spans[i].fault.run_off, 2);
	/* Without a second program, the one that there is counts for both: so it is on x86_64. */
	mb_span_at(&k.b, i)->carried = 0;
	poke_leaf(&k, 0x800, 1);
	assert_int_equal(resolve(&k), RUNPRE_OK);
	assert_int_equal(k.work.spans[i].program, i);
	end(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_function_and_what_it_calls),
		cmocka_unit_test(code_of_duplicates_tells_them_apart),
		cmocka_unit_test(callers_tell_identical_duplicates_apart),
		cmocka_unit_test(knowledge_travels_along_chains),
		cmocka_unit_test(ambiguity_matters_only_where_something_depends_on_it),
		cmocka_unit_test(parts_of_replaced_functions_must_be_found),
		cmocka_unit_test(conflicting_evidence_is_a_difference),
		cmocka_unit_test(recursion_must_go_to_the_function_itself),
		cmocka_unit_test(a_symbol_to_be_checked_needs_a_name),
		cmocka_unit_test(a_hooked_function_is_its_newest_replacement),
		cmocka_unit_test(a_reference_to_a_replacement_without_a_name),
		cmocka_unit_test(a_pointee_is_what_memory_says_now),
		cmocka_unit_test(a_pointee_of_an_unknown_base_is_undecided),
		cmocka_unit_test(an_undecided_candidate_keeps_all_waiting),
		cmocka_unit_test(a_pointee_that_cannot_be_read),
		cmocka_unit_test(strings_are_compared_where_code_refers_to_them),
		cmocka_unit_test(a_string_that_nobody_refers_to_stays_unfound),
		cmocka_unit_test(replaced_data_is_looked_for_by_name),
		cmocka_unit_test(strings_tell_duplicates_apart),
		cmocka_unit_test(objects_with_pointers_tell_duplicates_apart),
		cmocka_unit_test(what_is_not_required_may_fail),
		cmocka_unit_test(published_symbols_need_one_address),
		cmocka_unit_test(a_pointer_to_a_sealed_function_is_refused),
		cmocka_unit_test(the_worst_failure_is_told_first),
		cmocka_unit_test(code_that_cannot_be_read),
		cmocka_unit_test(the_fault_is_of_the_candidate_that_came_furthest),
		cmocka_unit_test(per_cpu_offsets_are_no_functions),
		cmocka_unit_test(the_code_of_an_update_has_a_program_of_its_own),
		cmocka_unit_test(each_code_is_compared_with_its_own_program_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
