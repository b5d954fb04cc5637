// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's own symbol table: read in each order of its tables, found where it is, and refused when anything contradicts. */
#include "cmocka-all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/kallsyms.h"
#include "tests/unit/kallsyms-builder.h"

#define TEXT 0xffffffff81000000ull
#define NR 300			/* more than one marker is for */

static char names[NR][16], big[201];
static struct kb_sym syms[NR];

/* Per-CPU symbols, one name twice, aliases, a name of more than 127 tokens, all else functionN. */
static int make_symbols(void **state)
{
	for (unsigned i = 0; i < NR; i++) {
		snprintf(names[i], sizeof(names[i]), "function_%u", (i * 7) % NR);
		syms[i] = (struct kb_sym){ names[i], TEXT + 16 * i, i % 3 ? 't' : 'T' };
	}
	memset(big, 'q', sizeof(big) - 1);
	syms[0] = (struct kb_sym){ "percpu_start", 0, 'A' };
	syms[1] = (struct kb_sym){ "counter", 0x20, 'A' };
	syms[2] = (struct kb_sym){ "_text", TEXT, 'T' };
	syms[3] = (struct kb_sym){ "_stext", TEXT, 'T' };
	syms[10].name = syms[270].name = "show";
	syms[20].name = big;
	syms[NR - 1] = (struct kb_sym){ "_end", TEXT + 0x2000000, 'B' };
	return 0;
}

static void expect_good(const struct kallsyms_bytes *bytes, size_t nr)
{
	struct kallsyms k;
	struct error *err = kallsyms_read(bytes, nr, &k);

	if (err)
		fail_msg("%s", err->text);
	assert_int_equal(k.nr, NR);
	for (unsigned i = 0; i < NR; i++) {
		assert_string_equal(k.syms[i].name, syms[i].name);
		assert_true(k.syms[i].addr == syms[i].addr);
		assert_int_equal(k.syms[i].type, syms[i].type);
	}
	kallsyms_free(&k);
}

static void expect_bad(const struct kallsyms_bytes *bytes, size_t nr, const char *part)
{
	struct kallsyms k;
	struct error *err = kallsyms_read(bytes, nr, &k);

	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	if (!strstr(err->text, part))
		fail_msg("\"%s\" is not in: %s", part, err->text);
	error_free(err);
	kallsyms_free(&k);
}

static void reads_the_tables_of_each_release(void **state)
{
	for (enum kb_order order = 0; order < KB_NR_ORDERS; order++) {
		struct kb kb;

		kb_make(&kb, order, syms, NR);
		expect_good(&(struct kallsyms_bytes){ kb.bytes, kb.size }, 1);
		kb_free(&kb);
	}
}

static void finds_them_in_one_of_several_places(void **state)
{
	static const uint8_t other[4096];
	struct kallsyms_bytes bytes[3] = { { other, sizeof(other) }, { NULL, 0 }, { other, 3 } };
	struct kb kb;

	kb_make(&kb, KB_6_1, syms, NR);
	bytes[1] = (struct kallsyms_bytes){ kb.bytes, kb.size };
	expect_good(bytes, 3);
	kb_free(&kb);
}

static void refuses_none_and_two(void **state)
{
	static const uint8_t other[4096];
	struct kallsyms_bytes bytes[2];
	struct kb a, b;

	expect_bad(NULL, 0, "no kallsyms");
	expect_bad(&(struct kallsyms_bytes){ other, sizeof(other) }, 1, "no kallsyms");
	kb_make(&a, KB_6_1, syms, NR);
	kb_make(&b, KB_6_4, syms, NR - 1);
	bytes[0] = (struct kallsyms_bytes){ a.bytes, a.size };
	bytes[1] = (struct kallsyms_bytes){ b.bytes, b.size };
	expect_bad(bytes, 2, "several");
	bytes[0] = bytes[1];
	expect_bad(bytes, 2, "several");
	kb_free(&a);
	kb_free(&b);
}

/* A million places that look like the beginning of it take no longer than a few. */
static void gives_up_where_everything_looks_like_it(void **state)
{
	struct kallsyms_bytes bytes;
	struct kb kb;
	uint8_t *many;

	kb_make(&kb, KB_6_1, syms, NR);
	bytes.size = 100 * (kb.size - kb.size % 8);
	bytes.p = many = malloc(bytes.size);
	assert_non_null(many);
	for (size_t i = 0; i < 100; i++)
		memcpy(many + i * (bytes.size / 100), kb.bytes, bytes.size / 100);
	expect_bad(&bytes, 1, "several");
	free(many);
	kb_free(&kb);
}

/* Adds @by to the byte at @at of the good tables. */
static void damage(enum kb_order order, size_t at, int by, const char *part)
{
	struct kb kb;

	kb_make(&kb, order, syms, NR);
	kb.bytes[at] += by;
	expect_bad(&(struct kallsyms_bytes){ kb.bytes, kb.size }, 1, part);
	kb_free(&kb);
}

static void refuses_what_contradicts_itself(void **state)
{
	for (enum kb_order order = 0; order < KB_NR_ORDERS; order++) {
		struct kb kb;

		kb_make(&kb, order, syms, NR);
		/* one symbol more or less; the padding behind the number */
		damage(order, kb.num, 1, "form that is not known");
		damage(order, kb.num, -1, "form that is not known");
		damage(order, kb.num + 4, 1, "form that is not known");
		/* a length; two markers */
		damage(order, kb.names, 1, "form that is not known");
		damage(order, kb.markers + 4, 1, "form that is not known");
		damage(order, kb.markers, 1, "form that is not known");
		/* the type of the second, 'A', which is a per-CPU symbol */
		damage(order, kb.names + kb.bytes[kb.names] + 2, 1, "form that is not known");
		/* an offset: per-CPU symbols out of order, one without the letter, the first that is not -1, one not sorted */
		damage(order, kb.offsets, 0x21, "form that is not known");
		damage(order, kb.offsets + 3, 0x80, "form that is not known");
		damage(order, kb.offsets + 8, -1, "form that is not known");
		damage(order, kb.offsets + 4 * 100 + 1, 1, "form that is not known");
		/* the base in the lower half; the last address beyond the end of all */
		damage(order, kb.base + 7, -0x80, "form that is not known");
		damage(order, kb.base + 3, 0x7e, "form that is not known");
		/* tokens: one where the index does not say; a letter in another's place; a space */
		damage(order, kb.index + 100, 1, "no kallsyms");
		damage(order, kb.index, 1, "no kallsyms");
		damage(order, kb.tokens + (kb.bytes[kb.index + 2 * 'x'] | kb.bytes[kb.index + 2 * 'x' + 1] << 8), 1, "no kallsyms");
		damage(order, kb.tokens, ' ' - '_', "no kallsyms");
		if (kb.seqs) {
			/* not sorted; a number that no symbol has */
			damage(order, kb.seqs + 2, 1, "form that is not known");
			damage(order, kb.seqs + 3 * 100, 1, "form that is not known");
		}
		kb_free(&kb);
	}
}

/* All symbols relative, none absolute: the form since 6.15, and of kernels for one processor. */
static void refuses_offsets_of_another_form(void **state)
{
	struct kb kb;

	kb_make(&kb, KB_6_4, syms, NR);
	for (unsigned i = 0; i < NR; i++)
		memcpy(kb.bytes + kb.offsets + 4 * i, &(uint32_t){ 16 * i }, 4);
	expect_bad(&(struct kallsyms_bytes){ kb.bytes, kb.size }, 1, "form that is not known");
	kb_free(&kb);
}

static void no_truncated_table_does_more_than_fail(void **state)
{
	for (enum kb_order order = 0; order < KB_NR_ORDERS; order++) {
		struct kb kb;

		kb_make(&kb, order, syms, NR);
		/* The margin behind them is not needed, but all before it is. */
		for (size_t size = 0; size < kb.size - 40; size++) {
			uint8_t *cut = malloc(size + 1);

			assert_non_null(cut);
			memcpy(cut, kb.bytes, size);
			expect_bad(&(struct kallsyms_bytes){ cut, size }, 1, "");
			free(cut);
		}
		expect_good(&(struct kallsyms_bytes){ kb.bytes, kb.size - 40 }, 1);
		kb_free(&kb);
	}
}

static void no_altered_table_does_more_than_fail(void **state)
{
	unsigned good = 0, bad = 0;

	for (enum kb_order order = 0; order < KB_NR_ORDERS; order++) {
		struct kb kb;

		kb_make(&kb, order, syms, NR);
		for (size_t at = 0; at < kb.size; at++) {
			struct kallsyms k;
			struct error *err;

			kb.bytes[at] ^= 0x81;
			err = kallsyms_read(&(struct kallsyms_bytes){ kb.bytes, kb.size }, 1, &k);
			kb.bytes[at] ^= 0x81;
			for (size_t i = 0; !err && i < k.nr; i++)
				assert_true(strlen(k.syms[i].name) > 0);
			good += !err;
			bad += !!err;
			error_free(err);
			kallsyms_free(&k);
		}
		kb_free(&kb);
	}
	/* Margins, and what of the base and of names may be another and still be sorted. */
	assert_true(good > 100 && bad > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_tables_of_each_release),
		cmocka_unit_test(finds_them_in_one_of_several_places),
		cmocka_unit_test(refuses_none_and_two),
		cmocka_unit_test(gives_up_where_everything_looks_like_it),
		cmocka_unit_test(refuses_what_contradicts_itself),
		cmocka_unit_test(refuses_offsets_of_another_form),
		cmocka_unit_test(no_truncated_table_does_more_than_fail),
		cmocka_unit_test(no_altered_table_does_more_than_fail),
	};

	return cmocka_run_group_tests(tests, make_symbols, NULL);
}
