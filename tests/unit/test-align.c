// SPDX-License-Identifier: GPL-2.0-or-later
/* align(): against the textbook's table, which takes more room and says what is the most that can stay. */
#include "cmocka-all.h"

#include <stdlib.h>
#include <string.h>

#include "ksplice-create/align.h"

#define MOST 24

/* Length of the longest common subsequence. */
static size_t longest(const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
	size_t table[MOST + 1][MOST + 1] = {0};

	for (size_t i = 1; i <= na; i++)
		for (size_t j = 1; j <= nb; j++)
			table[i][j] = a[i - 1] == b[j - 1] ? table[i - 1][j - 1] + 1
				      : table[i - 1][j] > table[i][j - 1] ? table[i - 1][j] : table[i][j - 1];
	return table[na][nb];
}

static void check(const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
	size_t to[MOST + 1], kept = 0, next = 0;

	align(a, na, b, nb, to);
	for (size_t i = 0; i < na; i++) {
		if (to[i] == ALIGN_NONE)
			continue;
		assert_true(to[i] >= next && to[i] < nb);
		assert_int_equal(a[i], b[to[i]]);
		next = to[i] + 1;
		kept++;
	}
	assert_int_equal(kept, longest(a, na, b, nb));
}

static void keeps_as_much_as_can_be(void **state)
{
	srand(1);
	for (int round = 0; round < 20000; round++) {
		uint64_t a[MOST], b[MOST];
		size_t na = rand() % (MOST + 1), nb = rand() % (MOST + 1);
		int letters = 1 + rand() % 6;

		for (size_t i = 0; i < na; i++)
			a[i] = rand() % letters;
		for (size_t i = 0; i < nb; i++)
			b[i] = rand() % letters;
		check(a, na, b, nb);
	}
}

static void empty_ones(void **state)
{
	static const uint64_t some[] = {1, 2, 3};

	check(some, 0, some, 0);
	check(some, 3, some, 0);
	check(some, 0, some, 3);
}

/* Nothing in common is the worst case: quadratic, and still fast enough for the largest functions. */
static void long_ones(void **state)
{
	enum { LEN = 4000 };
	uint64_t *a = malloc(LEN * sizeof(*a)), *b = malloc(LEN * sizeof(*b));
	size_t *to = malloc(LEN * sizeof(*to));

	for (size_t i = 0; i < LEN; i++) {
		a[i] = i;
		b[i] = i + LEN;
	}
	align(a, LEN, b, LEN, to);
	for (size_t i = 0; i < LEN; i++)
		assert_int_equal(to[i], ALIGN_NONE);
	free(a);
	free(b);
	free(to);
}

static void hash_depends_on_every_byte(void **state)
{
	assert_int_equal(align_hash(align_hash(ALIGN_START, "ab", 2), "c", 1), align_hash(ALIGN_START, "abc", 3));
	assert_int_not_equal(align_hash(ALIGN_START, "abc", 3), align_hash(ALIGN_START, "abd", 3));
	assert_int_not_equal(align_hash(ALIGN_START, "\0a", 2), align_hash(ALIGN_START, "a", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_as_much_as_can_be),
		cmocka_unit_test(empty_ones),
		cmocka_unit_test(long_ones),
		cmocka_unit_test(hash_depends_on_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
