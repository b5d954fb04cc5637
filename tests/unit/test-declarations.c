// SPDX-License-Identifier: GPL-2.0-or-later
/* Which changes of preprocessed C can change code, and which cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h needs those before it */
#include <cmocka.h>

#include "ksplice-create/declarations.h"

static bool same(const char *a, const char *b)
{
	char x[SHA256_HEX_SIZE], y[SHA256_HEX_SIZE];

	assert_null(declarations_digest(a, x));
	assert_null(declarations_digest(b, y));
	return !strcmp(x, y);
}

#define USE "int user(struct s *p) { return helper(p->a); }\n"

static void test_layout_of_text(void **state)
{
	assert_true(same("int f(void) { return 1; }", "# 1 \"x.c\"\nint  f( void )\n{\n\treturn 1;\n}\n\n"));
	assert_true(same("int x;;", "int x;"));
	assert_false(same("int f(void) { return 1; }", "int f(void) { return 2; }"));
	assert_false(same("int f(int a, int b) { return a - -b; }", "int f(int a, int b) { return a --b; }"));
	assert_false(same("char *s = \"a  b\";", "char *s = \"a b\";"));
	assert_false(same("int f(void) { return 1; }\n", "#pragma pack(1)\nint f(void) { return 1; }\n"));
}

/* Declarations that nobody uses may come, go and change. */
static void test_unused(void **state)
{
	static const char *const unused[] = {
		"static inline int unused(int a) { return helper(a); }\n",
		"extern inline __attribute__((gnu_inline)) int unused(int a) { return helper(a); }\n",
		"static int unused(void) { return 1; }\n",
		"static const int unused[] = { 1, 2 };\n",
		"int unused(struct s *);\n",
		"extern int unused;\n",
		"extern struct s *unused(void) __attribute__((noreturn));\n",
		"struct unused { int a; struct s *b; };\n",
		"struct unused;\n",
		"enum unused { UNUSED_A, UNUSED_B = 2 };\n",
		"enum { UNUSED_A, UNUSED_B };\n",
		"typedef int (*unused)(struct s *);\n",
		"typedef struct { int unused; } unused_t;\n",
		"static struct s *(*unused)(int);\n",
		"_Static_assert(sizeof(struct s) == 4, \"\");\n",
	};
	const char *base = "struct s { int a; };\nstatic inline int helper(int a) { return a; }\n" USE;

	for (size_t i = 0; i < sizeof(unused) / sizeof(unused[0]); i++) {
		char text[1024];

		snprintf(text, sizeof(text), "struct s { int a; };\n%sstatic inline int helper(int a) { return a; }\n" USE,
			 unused[i]);
		if (!same(base, text))
			fail_msg("counts: %s", unused[i]);
		snprintf(text, sizeof(text), "%s%s", base, unused[i]);
		if (!same(base, text))
			fail_msg("counts at the end: %s", unused[i]);
	}
}

/* What is used counts, however far away and by whatever name. */
static void test_used(void **state)
{
	static const struct {
		const char *what, *before, *after, *user;
	} cases[] = {
		{"member", "struct s { int a; };", "struct s { int b, a; };", "int f(struct s *p) { return p->a; }"},
		{"by a pointer's type", "struct t { int a; }; struct s { struct t *t; };",
		 "struct t { int b, a; }; struct s { struct t *t; };", "int f(struct s *p) { return p->t->a; }"},
		{"inline in inline", "static inline int g(void) { return 1; } static inline int h(void) { return g(); }",
		 "static inline int g(void) { return 2; } static inline int h(void) { return g(); }",
		 "int f(void) { return h(); }"},
		{"enumerator", "enum { A, B };", "enum { A, C, B };", "int f(void) { return B; }"},
		{"enumerator in a struct", "struct s { enum { A, B } e; };", "struct s { enum { A = 2, B } e; };",
		 "int f(void) { return B; }"},
		{"inner struct", "struct s { struct in { int a; } in; };", "struct s { struct in { int b, a; } in; };",
		 "int f(struct in *p) { return p->a; }"},
		{"attribute of a prototype", "int g(void);", "int g(void) __attribute__((noreturn));",
		 "int f(void) { return g(); }"},
		{"asm name", "int g(void);", "int g(void) __asm__(\"h\");", "int f(void) { return g(); }"},
		{"typedef", "typedef int t;", "typedef long t;", "int f(t x) { return x > 0; }"},
		{"typedef of a function pointer", "typedef int (*t)(int);", "typedef int (*t)(long);",
		 "int f(t x) { return x(1); }"},
		{"typedef of a function", "typedef int (t)(int);", "typedef int (t)(long);", "int f(t *x) { return x(1); }"},
		{"pointer to a function", "extern int (*g)(int);", "extern int (*g)(long);", "int f(void) { return g(1); }"},
		{"of a typedef's type", "typedef int t; extern t (*g)(int);", "typedef int t; extern t (*g)(long);",
		 "int f(void) { return g(1); }"},
		{"name in parentheses", "typedef int t; extern t (g)(int);", "typedef int t; extern t (g)(long);",
		 "int f(void) { return g(1); }"},
		{"second of two", "extern int a, g(int);", "extern int a, g(long);", "int f(void) { return g(1); }"},
		{"attribute before the name", "struct __attribute__((packed)) s { char c; int a; };",
		 "struct __attribute__((packed)) s { int c; int a; };", "int f(struct s *p) { return p->a; }"},
		{"aligned array", "extern int g[2] __attribute__((aligned(8)));", "extern int g[3] __attribute__((aligned(8)));",
		 "int f(void) { return sizeof(g); }"},
		{"static table", "static const int g[] = { 1, 2 };", "static const int g[] = { 1, 3 };",
		 "int f(int i) { return g[i]; }"},
		{"typeof", "int g;", "long g;", "int f(void) { typeof(g) x = 0; return sizeof(x); }"},
		{"of itself", "", "", "int f(void) { return 1; } int x = 2;"},
		{"implicit call", "void *memcpy(void *, const void *, unsigned long);",
		 "void *memcpy(void *, const void *, unsigned long) __asm__(\"other\");", "int f(void) { return 0; }"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char pre[512], post[512];

		snprintf(pre, sizeof(pre), "%s\n%s", cases[i].before, cases[i].user);
		snprintf(post, sizeof(post), "%s\n%s", cases[i].after, cases[i].user);
		if (*cases[i].before && same(pre, post))
			fail_msg("does not count: %s", cases[i].what);
		snprintf(post, sizeof(post), "%s\nint other(void) { return 0; }", cases[i].after);
		assert_true(same(post, post));
	}
}

/* What makes code or data though nobody mentions it. */
static void test_roots(void **state)
{
	static const char *const roots[] = {
		"int f(void) { return 1; }",
		"inline int f(void) { return 1; }",
		"static struct s *x __attribute__((used)) = 0;",
		"static int __attribute__((__used__)) f(void) { return 1; }",
		"int x;",
		"int (*x)(void);",
		"typedef int t; t (*x)(void);",
		"struct s { int a; } x;",
		"extern int x = 1;",
		"extern int x __attribute__((alias(\"y\")));",
		"asm(\".long 1\");",
		"static void __attribute__((constructor)) f(void) { }",
	};

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (same("int base;", roots[i]) || same("", roots[i]))
			fail_msg("does not count: %s", roots[i]);
}

static void test_assembler(void **state)
{
	char x[SHA256_HEX_SIZE], y[SHA256_HEX_SIZE], z[SHA256_HEX_SIZE];

	assert_null(assembler_digest("# 1 \"x.S\"\n\n nop\n", x));
	assert_null(assembler_digest("# 7 \"x.S\"\n nop\n\n", y));
	assert_null(assembler_digest("# 7 \"x.S\"\n nop\n ret\n", z));
	assert_string_equal(x, y);
	assert_string_not_equal(x, z);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout_of_text), cmocka_unit_test(test_unused), cmocka_unit_test(test_used),
		cmocka_unit_test(test_roots), cmocka_unit_test(test_assembler),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
