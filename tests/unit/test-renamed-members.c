// SPDX-License-Identifier: GPL-2.0-or-later
/* Members that have another name: which only have that, and which mean something else. */
#include "tests/unit/cmocka-all.h"

#include <stdlib.h>
#include <string.h>

#include "ksplice-create/renamed-members.h"

static void test_structures(void **state)
{
	static const struct {
		const char *pre, *post;
		const char *was, *is;	/* NULL: not only other names */
	} cases[] = {
		{"struct { u64 a ; } ", "struct { u64 b ; } ", "a", "b"},
		{"struct { u64 * a ; int n ; } ", "struct { u64 * b ; int n ; } ", "a", "b"},
		{"struct { u64 a [ 4 ] ; } ", "struct { u64 b [ 4 ] ; } ", "a", "b"},
		{"struct { unsigned int a : 3 ; } ", "struct { unsigned int b : 3 ; } ", "a", "b"},
		{"struct { int ( * a ) ( u32 x ) ; } ", "struct { int ( * b ) ( u32 x ) ; } ", "a", "b"},
		{"struct { struct { int a ; } s ; } ", "struct { struct { int b ; } s ; } ", "a", "b"},
		{"struct { struct { int x ; } a ; } ", "struct { struct { int x ; } b ; } ", "a", "b"},
		{"struct { u64 a ; } ", "struct { u64 a ; } ", NULL, NULL},
		{"struct { u32 a ; } ", "struct { u64 a ; } ", NULL, NULL},
		{"struct { unsigned int a ; } ", "struct { unsigned long a ; } ", NULL, NULL},
		{"struct { u32 : 3 ; int n ; } ", "struct { u64 : 3 ; int n ; } ", NULL, NULL},
		{"struct { const u32 : 3 ; int n ; } ", "struct { const u64 : 3 ; int n ; } ", NULL, NULL},
		{"struct { unsigned int : 3 ; } ", "struct { unsigned long : 3 ; } ", NULL, NULL},
		{"struct { int a [ M ] ; } ", "struct { int a [ N ] ; } ", NULL, NULL},
		{"struct { int a : M ; } ", "struct { int a : N ; } ", NULL, NULL},
		{"struct { int ( * f ) ( u32 ) ; } ", "struct { int ( * f ) ( u64 ) ; } ", NULL, NULL},
		{"struct { int ( * f ) ( const u32 ) ; } ", "struct { int ( * f ) ( const u64 ) ; } ", NULL, NULL},
		{"struct { struct s x ; } ", "struct { struct t x ; } ", NULL, NULL},
		{"struct { struct s ; } ", "struct { struct t ; } ", NULL, NULL},
		{"struct { int a ; int b ; } ", "struct { int b ; int a ; } ", NULL, NULL},
		{"struct { int a ; int b ; } ", "struct { int b ; int c ; } ", NULL, NULL},
		{"struct { int a ; } ", "struct { int b ; int c ; } ", NULL, NULL},
		{"struct { int a ; } __attribute__ ( ( aligned ( M ) ) ) ", "struct { int a ; } __attribute__ ( ( aligned ( N ) ) ) ", NULL, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct strv was = STRV_INIT, is = STRV_INIT;

		if (renamed_members(cases[i].pre, cases[i].post, &was, &is) != !!cases[i].was || was.n != !!cases[i].was || was.n != is.n)
			fail_msg("%s", cases[i].post);
		if (was.n && (strcmp(was.v[0], cases[i].was) || strcmp(is.v[0], cases[i].is)))
			fail_msg("%s: %s %s", cases[i].post, was.v[0], is.v[0]);
		strv_free(&was);
		strv_free(&is);
	}
}

/* Of what @pre and @post do with a member that was called a and is called b. */
static char *judged(const char *pre, const char *post)
{
	struct strv was = STRV_INIT, is = STRV_INIT;
	struct str before = STR_INIT, after = STR_INIT;
	char *ret;

	strv_add(&was, "a");
	strv_add(&is, "b");
	str_add(&before, "", 0);
	str_add(&after, "", 0);
	renamed_uses(pre, "a,b", &before);
	renamed_uses(post, "a,b", &after);
	ret = renamed_otherwise(before.s, after.s, &was, &is);
	strv_free(&was);
	strv_free(&is);
	str_free(&before);
	str_free(&after);
	return ret;
}

static void test_uses(void **state)
{
	static const struct {
		const char *pre, *post;
		const char *otherwise;	/* NULL: all as before */
	} cases[] = {
		{"int f(void) { return p->a; }", "int f(void)\n{\n\treturn p->b;\n}", NULL},
		{"int f(void) { return p->a; }", "int f(void) { return p->b; } int g(void) { return p->b; }", NULL},
		{"int f(void) { p->a = q->b; }", "int f(void) { p->b = q->b; }", NULL},
		{"int f(void) { p->a = q->a; }", "int f(void) { p->b = q->a; }", NULL},
		{"int f(void) { p->a = q->b; }", "int f(void) { p->b = q->a; }", "p - > b = q - > a"},
		{"int f(void) { return p->a; }", "int f(void) { return x; }", NULL},
		{"int f(void) { if (p->a > 3) g(); }", "int f(void) { h(); if (p->b > 3) g(); }", NULL},
		{"int f(void) { if (p->a > 3) { g(); } }", "int f(void) { if (p->b > 3) { h(); } }", NULL},
		{"struct s y = { .a = 1 };", "struct s y = { .b = 1 };", NULL},
		{"int f(void) { return p->a; }", "int f(void) { return p->b * 1000; }", "return p - > b * 1000"},
		{"int f(void) { p->a = jiffies; }", "int f(void) { p->b = ktime_get(); }", "p - > b = ktime_get ( )"},
		{"int f(void) { return p->a; }", "int f(void) { p->b++; return p->b; }", "p - > b + +"},
		{"", "int f(void) { return p->b; }", "return p - > b"},
		{"struct s y = { .a = 1 };", "struct s y = { .b = 2 };", ". b = 2"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *ret = judged(cases[i].pre, cases[i].post);

		if (!ret != !cases[i].otherwise || (ret && strcmp(ret, cases[i].otherwise)))
			fail_msg("%s: %s", cases[i].post, ret ?: "as before");
		free(ret);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_structures),
		cmocka_unit_test(test_uses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
