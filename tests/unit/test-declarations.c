// SPDX-License-Identifier: GPL-2.0-or-later
/* Which changes of preprocessed C can change code, and which cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h needs those before it */
#include <cmocka.h>

#include "ksplice-create/declarations.h"
#include "ksplice-create/layout-text.h"
#include "ksplice-create/prototype-text.h"
#include "ksplice-create/source-types.h"
#include "ksplice-create/used-names.h"

static bool same(const char *a, const char *b)
{
	char x[SHA256_HEX_SIZE], y[SHA256_HEX_SIZE];

	assert_null(declarations_digest(a, x, NULL));
	assert_null(declarations_digest(b, y, NULL));
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

#define IMPL(n) "static int impl(void) { return " #n "; }\n"

/* A name in a string: what attributes and assembler refer to is used as any other. */
static void test_named_in_strings(void **state)
{
	static const char *const users[] = {
		"int api(void) __attribute__((alias(\"impl\")));",
		"int api(void) __attribute__((noinline, __alias__(\"im\" \"pl\")));",
		"extern __typeof(impl) api __attribute__((alias(\"impl\")));",
		"int api(void) __attribute__((ifunc(\"impl\")));",
		"int f(void) { extern int api(void) __attribute__((alias(\"impl\"))); return api(); }",
		"static int w(void) __attribute__((weakref(\"impl\"))); int f(void) { return w(); }",
		"asm(\".globl api\\n.set api,impl\");",
		"int f(void) { asm volatile(\"call\\timpl\" : : : \"memory\"); return 0; }",
		"int f(void) { __asm__ __volatile__ (\"call \" \"im\" \"pl\\n\"); return 0; }",
		"int f(void) { asm goto(\"jmp %l[x]; .long impl - .\" : : : : x); x: return 0; }",
		"int api(void) __asm__(\"impl\"); int f(void) { return api(); }",
		"\n#pragma weak api = impl\nint api(void);",
		"int f(void) { int x __attribute__((cleanup(impl))) = 1; return x; }",
	};
	static const char *const others[] = {
		"int f(void) { return g(\"impl\"); }",
		"int f(void) { asm(\"nop\"); return g(\"impl\"); }",
		"int f(void) { asm(\"call simple\"); return 0; }",
		"int f(void) { asm(\"call \\impl\"); return 0; }",
		"int f(int asmlinkage) { return g(\"impl\"); }",
		"const char *s __attribute__((aligned(8))) = \"impl\";",
	};

	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		char pre[512], post[512];

		snprintf(pre, sizeof(pre), IMPL(1) "%s", users[i]);
		snprintf(post, sizeof(post), IMPL(2) "%s", users[i]);
		if (same(pre, post))
			fail_msg("does not count: %s", users[i]);
		/* Also when it comes behind what names it. */
		snprintf(pre, sizeof(pre), "%s\n" IMPL(1), users[i]);
		snprintf(post, sizeof(post), "%s\n" IMPL(2), users[i]);
		if (same(pre, post))
			fail_msg("does not count when it is behind: %s", users[i]);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		char pre[512], post[512];

		snprintf(pre, sizeof(pre), IMPL(1) "%s", others[i]);
		snprintf(post, sizeof(post), IMPL(2) "%s", others[i]);
		if (!same(pre, post))
			fail_msg("counts: %s", others[i]);
	}
}

/* Another name for a pointer that is there, of interest only to who mentions it. */
static void test_other_names(void **state)
{
	static const char pre[] = "struct e { struct d *dev; int a; };", post[] = "struct e { union { struct d *dev; struct d *rcu; }; int a; };";
	static const char wide[] = "struct e { union { struct d *dev; long long rcu[2]; }; int a; };";
	static const char use[] = "int f(struct e *p) { return p->a; }", mention[] = "void *f(struct e *p) { return p->rcu; }";
	char a[256], b[256];

	snprintf(a, sizeof(a), "%s%s", pre, use);
	snprintf(b, sizeof(b), "%s%s", post, use);
	assert_true(same(a, b));
	snprintf(b, sizeof(b), "%s%s", wide, use);
	assert_false(same(a, b));
	snprintf(a, sizeof(a), "%s%s", pre, mention);
	snprintf(b, sizeof(b), "%s%s", post, mention);
	assert_false(same(a, b));
}

/* What makes code or data though nobody mentions it. */
static void test_roots(void **state)
{
	static const char *const roots[] = {
		"int f(void) { return 1; }",
		"inline int f(void) { return 1; }",
		"extern inline int f(void) { return 1; }",
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

static const char *types_of(const char *text, char *buf, size_t size)
{
	struct str types = STR_INIT;

	assert_true(source_types(text, &types));
	snprintf(buf, size, "%s", types.s);
	str_free(&types);
	return buf;
}

static void test_types(void **state)
{
	char buf[1024];

	assert_string_equal(types_of("struct s { int a; struct { int b; } ; struct in { int c; } in; }; struct no { int x; };\n"
				     "int f(struct s *p) { return p->in.c; }", buf, sizeof(buf)),
			    "s\tstack\tstruct { int a ; struct { int b ; } ; struct in { int c ; } in ; } \n"
			    "in\tstays\tstruct { int c ; } \n");
	assert_string_equal(types_of("typedef struct { int a; } t; int f(t *p) { return p->a; }", buf, sizeof(buf)),
			    "t\tstays\tstruct { int a ; } \n");
	/* What else is declared with it. */
	assert_string_equal(types_of("typedef struct s { int a; } t; int f(void) { struct s x = { 0 }; return x.a; }", buf, sizeof(buf)),
			    "s\tstays\tstruct { int a ; } \n");
	assert_non_null(strstr(types_of("static struct s { int a; } list[2]; int f(void) { struct s x = list[1]; return x.a; }", buf, sizeof(buf)),
			       "s\tstays\tstruct { int a ; } \n"));
	assert_string_equal(types_of("struct s { int a; } __attribute__((packed)); int f(void) { struct s x = { 0 }; return x.a; }", buf,
				     sizeof(buf)),
			    "s\tstack f\tstruct { int a ; } __attribute__ ( ( packed ) ) \n");
	assert_string_equal(types_of("enum { __ksplice_layout_ignore_s }; int f(void) { return 0; }", buf, sizeof(buf)), "s\n");
}

/* What is behind the tab of the line that @name begins; "" if there is none. */
static const char *line_of(const char *types, const char *name, char *buf, size_t size)
{
	size_t len = strlen(name);
	const char *p = types;

	while (p && (strncmp(p, name, len) || p[len] != '\t')) {
		p = strchr(p, '\n');
		p = p ? p + 1 : NULL;
	}
	snprintf(buf, size, "%.*s", p ? (int)strcspn(p + len + 1, "\n") : 0, p ? p + len + 1 : "");
	return buf;
}

#define USE_ALL "int f(struct s *p) { return p->a[0]; }"

/* Sizes and widths that enumerators make: as the compiler computes them, or not at all. */
static void test_array_sizes(void **state)
{
	static const struct {
		const char *size, *is;
	} cases[] = {
		{"C", "2"},
		{"__N", "3"},
		{"__N - 1 + 2 * 3", "8"},
		{"(__N - 1 + 2) * 3", "12"},
		{"1 << B | B", "3"},
		{"(((__N) + ((sizeof(long) * 8)) - 1) / ((sizeof(long) * 8)))", "1"},
		{"sizeof(unsigned int) + sizeof(char) + sizeof(short) + sizeof(struct x *) + sizeof(unsigned long long)", "23"},
		{"__N > 2 ? 0x10UL : 017", "16"},
		{"__N >= 4 || __N != 3 ? 1 : 2", "2"},
		{"!A && ~B == -2", "1"},
		{"7 % 4 - 10 / 3 - -5 ^ 1", "4"},
		{"D", "16"},
		{"E", "17"},
		{"sizeof(struct x) + B", "sizeof ( struct x ) + 1"},
		{"B / A", "1 / 0"},
		{"sizeof(t) * __N", "sizeof ( t ) * 3"},
		{"other + C", "other + 2"},
		{"", ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512], buf[2048], line[512], expected[512];

		snprintf(text, sizeof(text), "enum colour { A, B, C, __N, D = 1 << 4, E };\nstruct s { int a[%s]; };\n" USE_ALL,
			 cases[i].size);
		snprintf(expected, sizeof(expected), "stack\tstruct { int a [ %s%s] ; } ", cases[i].is, *cases[i].is ? " " : "");
		assert_string_equal(line_of(types_of(text, buf, sizeof(buf)), "s", line, sizeof(line)), expected);
	}
}

/* Sizes that arrays make which are as long as their initial values say. */
static void test_array_lengths(void **state)
{
	static const struct {
		const char *names, *is;
	} cases[] = {
		{"const char *names[] = { \"a\", \"b\" };", "sizeof ( ( names [ 2 ] ) ) / 8 "},
		{"const char *names[] __attribute__((used)) = { \"a\", f(\"b\", 1), };", "sizeof ( ( names [ 2 ] ) ) / 8 "},
		{"const struct t { int x[2]; } names[] = { { 1, 2 }, { 3 }, { 4 } };", "sizeof ( ( names [ 3 ] ) ) / 8 "},
		{"const long names[] = { [B] = 1, 2, [7] = 3 };", "sizeof ( ( names [ 3 [ B ] [ 7 ] ] ) ) / 8 "},
		{"char names[] = \"four\" \"more\";", "sizeof ( ( names [ 8 ] ) ) / 8 "},
		{"int names[][2] = { { 1 }, { 2 }, };", "sizeof ( ( names [ 2 ] ) ) / 8 "},
		{"int names[4] = { 1 };", "sizeof ( names ) / 8 "},
		{"extern int names[];", "sizeof ( names ) / 8 "},
		{"int names[", "sizeof ( names ) / 8 "},
		{"int names[] = {", "sizeof ( ( names [ 0 ] ) ) / 8 "},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512], buf[2048], line[512], expected[512];

		snprintf(text, sizeof(text), "struct s { int a[sizeof(names) / 8]; };\n" USE_ALL "%s", cases[i].names);
		snprintf(expected, sizeof(expected), "stack\tstruct { int a [ %s] ; } ", cases[i].is);
		assert_string_equal(line_of(types_of(text, buf, sizeof(buf)), "s", line, sizeof(line)), expected);
	}
}

static void test_enumerators(void **state)
{
	static const char text[] = "enum colour { RED, GREEN = 5, BLUE, ODD = sizeof(struct x) * BLUE, ODDER, NR_COLOURS, LAST_COLOUR = BLUE, };\n"
				   "enum { LOOSE = -1, SIZE_FIRST, SECOND };\n"
				   "struct s { int a[NR_COLOURS]; unsigned b : BLUE, c : 3; char d __attribute__((aligned(GREEN))); };\n"
				   "int f(struct s *p) { return SECOND + NOT_ONE; }";
	static const struct {
		const char *name, *line;
	} cases[] = {
		{"RED", "value colour\t0"},
		{"GREEN", "value colour\t5"},
		{"BLUE", "value colour\t6"},
		{"ODD", "value colour\tsizeof ( struct x ) * 6 "},
		{"ODDER", "value colour\tsizeof ( struct x ) * 6 + 1 "},
		{"NR_COLOURS", "bound colour\tsizeof ( struct x ) * 6 + 1 + 1 "},
		{"LAST_COLOUR", "bound colour\t6"},
		{"LOOSE", "value LOOSE\t-1"},
		/* Its name says so, and its place does not. */
		{"SIZE_FIRST", "value LOOSE\t0"},
		{"SECOND", "value LOOSE\t1"},
		{"NOT_ONE", ""},
		{"s", "stack\tstruct { int a [ ( sizeof ( struct x ) * 6 + 1 + 1 ) ] ; unsigned b : 6 , c : 3 ; char d __attribute__ ( ( aligned ( 5 ) ) ) ; } "},
	};
	char buf[2048], line[512];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(line_of(types_of(text, buf, sizeof(buf)), cases[i].name, line, sizeof(line)), cases[i].line);
}

/* Some that are called as if they counted the others are states themselves. */
static void test_ends(void **state)
{
	static const struct {
		const char *use;
		bool bound;
	} cases[] = {
		{"int f(struct s *p) { return p->a < A_END; }", true},
		{"int f(struct s *p) { int last = A_END; return last + p->a; }", true},
		{"int f(struct s *p) { return p->a == A_END; }", true},
		{"int f(int *p) { p[A_END] = 0; return 1; }", true},
		{"int x[A_END] = { 1 };", true},
		{"struct s x = { .a = NR_ALL };", true},
		{"const char *x[] = { \"a\", [A_END] = \"end\" };", false},
		{"const char *x[] = { [NR_ALL] = \"end\" }; int y = A_END;", true},
		{"int f(struct s *p) { p->a = A_END; return 0; }", false},
		{"int f(struct s *p) { p->in.a = A_END; return 0; }", false},
		{"struct s x = { .a = A_END };", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512], buf[2048], line[512];

		snprintf(text, sizeof(text), "enum state { A_IDLE, A_END, NR_ALL };\nstruct s { int a; };\n%s", cases[i].use);
		assert_string_equal(line_of(types_of(text, buf, sizeof(buf)), "A_END", line, sizeof(line)),
				    cases[i].bound ? "bound state\t1" : "value state\t1");
	}
}

static void test_typedefs(void **state)
{
	static const char text[] = "enum { N = 4 }; struct x; typedef unsigned int u32; typedef u32 list_t[N], *plist_t; typedef int (*fn_t)(struct x *p);\n"
				   "typedef struct { fn_t fn; } ops_t; typedef int unused_t;\n"
				   "int f(ops_t *o, list_t l, plist_t p) { return o->fn(0); }";
	char buf[2048], line[512];

	types_of(text, buf, sizeof(buf));
	assert_string_equal(line_of(buf, "u32", line, sizeof(line)), "typedef\tunsigned int u32 ");
	assert_string_equal(line_of(buf, "list_t", line, sizeof(line)), "typedef\tu32 list_t [ 4 ] , * plist_t ");
	assert_string_equal(line_of(buf, "plist_t", line, sizeof(line)), "typedef\tu32 list_t [ 4 ] , * plist_t ");
	assert_string_equal(line_of(buf, "fn_t", line, sizeof(line)), "typedef\tint ( * fn_t ) ( struct x * p ) ");
	assert_string_equal(line_of(buf, "ops_t", line, sizeof(line)), "stays\tstruct { fn_t fn ; } ");
	assert_string_equal(line_of(buf, "unused_t", line, sizeof(line)), "");
}

static void test_variables(void **state)
{
	static const char text[] = "enum { N = 4 }; struct s { int a; }; struct x; extern int elsewhere; int proto(int a), *proto2(struct x *p);\n"
				   "unsigned long last; static const struct s table[N] = { { 1 }, { 2 } }, *const first = table, second;\n"
				   "static __attribute__((section(\".data..percpu\"))) __typeof__(struct s *) counter; int (*fn)(int a);\n"
				   "static struct { int a; } defined; typedef int t; _Static_assert(sizeof(t) == 4, \"\"); t of_t;\n"
				   "static int __attribute__((noinline)) f(int p) { static unsigned int seen, *where; int local;\n"
				   "static struct { int a; int b[N]; } pair, *to; static union u { int a; } all; struct inner { int a; } here = { 1 };\n"
				   "if (p) { static _Bool once = 1; return once; } for (int i = 0; i < p; i++) local += i; seen++;\n"
				   "return local + second.a + counter->a + table[p].a + defined.a + first->a; }\n"
				   "int g(int p) { return f(p) + proto(p) + elsewhere; }";
	static const struct {
		const char *name, *line;
	} cases[] = {
		{"last", "variable \tunsigned long last "},
		{"table", "variable \tstruct s table [ 4 ] "},
		{"first", "variable \tstruct s * first "},
		{"second", "variable \tstruct s second "},
		{"counter", "variable \tstruct s * counter "},
		{"fn", "variable \tint ( * fn ) ( int a ) "},
		{"of_t", "variable \tt of_t "},
		{"seen", "variable f\tunsigned int seen "},
		{"where", "variable f\tunsigned int * where "},
		{"once", "variable f\t_Bool once "},
		{"pair", "variable f\tstruct { int a ; int b [ 4 ] ; } pair "},
		{"to", "variable f\tstruct { int a ; int b [ 4 ] ; } * to "},
		{"all", "variable f\tunion u { int a ; } all "},
		{"elsewhere", ""}, {"proto", ""}, {"proto2", ""}, {"a", ""}, {"x", ""}, {"local", ""}, {"i", ""}, {"here", ""}, {"inner", ""},
	};
	char buf[4096], line[512];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(line_of(types_of(text, buf, sizeof(buf)), cases[i].name, line, sizeof(line)), cases[i].line);
	assert_null(strstr(buf, "sizeof"));
	assert_null(strstr(buf, "variable f\tint"));
}

/* Objects of struct s may live on where one is static, a member, allocated, or cast from something else. */
static void test_stays(void **state)
{
	static const struct {
		const char *text;
		bool stays;
	} cases[] = {
		{"int f(void) { struct s x = { 0 }; return g(&x); }", false},
		{"int f(void) { struct s x; memset(&x, 0, sizeof(x)); return g(&x); }", false},
		{"int h(struct s *p, int n) { return p->a + n; }", false},
		{"int h(struct s *); int f(int *n) { return *n + h(0); }", false},
		{"struct ops { int (*fn)(struct s *p); }; int f(struct ops *o) { struct s x; return o->fn(&x); }", false},
		{"int f(int *n) { struct s x = { *n }; return g(&x) + sizeof(*n); }", false},
		{"int f(void) { struct s x = { 0 }; return g(&x) + sizeof(x.a) + ({ __typeof__(x.a) y = x.a; y; }); }", false},
		{"int h(struct s *p) { return sizeof(p->a) + p->a; }", false},
		{"int f(void) { const struct s x = { 0 }, y = { sizeof(int) }; return g(&x) + g(&y); }", false},
		{"struct s x;", true},
		{"static struct s x; int f(void) { return g(&x); }", true},
		{"static __attribute__((section(\".data..percpu\"))) __typeof__(struct s) x; int f(void) { return g(&x); }", true},
		{"extern __typeof__(struct s) x; int f(void) { return g(&x); }", true},
		{"struct o { void *p; } o = { .p = &(struct s){ 0 } };", true},
		{"struct o { void *p; } o = { .p = (const struct s[]){ { 0 } } };", true},
		{"int f(void) { static struct s x; return g(&x); }", true},
		{"int f(void) { static const struct s x; return g(&x); }", true},
		{"struct o { struct s s; }; int f(struct o *o) { return o->s.a; }", true},
		{"struct o { struct s *s; }; int f(struct o *o) { return o->s->a; }", true},
		{"int f(void) { struct s *x = alloc(sizeof(struct s)); return g(x); }", true},
		{"int f(void) { struct s *x = alloc(sizeof(*x)); return g(x); }", true},
		{"int f(void) { struct s *x = alloc(sizeof *x); return g(x); }", true},
		{"int f(void) { struct s x, *y = memdup(&x, sizeof(x)); return g(y); }", true},
		{"int f(void) { struct s x, *y = dup(&x, sizeof(*y)); return g(y); }", true},
		{"int f(void) { struct s *x, y[2], *z = dup(y, sizeof(y[0])); return g(z); }", true},
		{"int f(void) { struct s x = { 0 }; __typeof__(x) *y = alloc(sizeof(*y)); return g(y); }", true},
		{"int f(void) { struct s x = { 0 }; __auto_type y = h(&x); return y; }", true},
		{"int h(struct s *p) { __auto_type q = ({ int i; p; }); return g(alloc(sizeof(*q))); }", true},
		{"int h(struct s *p) { __auto_type x = (p->a); __auto_type y = 1; return x < y ? x : g(p); }", false},
		{"int h(struct s **p) { *p = alloc(sizeof(**p)); return 0; }", true},
		{"int h(int n, struct s *p) { p = alloc(n * sizeof(*p)); return g(p); }", true},
		{"int f(void *p) { return ((struct s *)p)->a; }", true},
		{"int f(char *p) { struct s *x = (void *)p; return x->a; }", true},
		{"int f(char *p) { const struct s *x = (const void *)p; return x->a; }", true},
		{"int f(void *p) { struct s *x = p; return x->a; }", false},
		{"struct s *f(void) { return g(0); }", true},
		{"int f(void *p) { return ((const struct s *)p)->a; }", true},
		{"struct o { int size; } o = { .size = sizeof(struct s) };", true},
		{"struct o { int size; } o = { .size = sizeof(const struct s) };", true},
		{"struct o { int offset; } o = { .offset = __builtin_offsetof(struct s, a) };", true},
		{"int h(const struct s *); int f(int *n) { return *n + h(0); }", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512], buf[1024];

		snprintf(text, sizeof(text), "struct s { int a; }; int g(struct s *p);\n%s", cases[i].text);
		if (!strstr(types_of(text, buf, sizeof(buf)), cases[i].stays ? "s\tstays\t" : "s\tstack"))
			fail_msg("%s: %s", cases[i].text, buf);
	}
}

/* Functions that have an object on the stack; a pointer is none. */
static void test_makers(void **state)
{
	static const struct {
		const char *text, *makers;
	} cases[] = {
		{"int f(struct s *p) { struct s *x = p, *y; return p->a; }", ""},
		{"int f(struct s *p) { struct s *x = g(p, 1), y[2]; return p->a; }", " f"},
		{"int f(void) { struct s x = { 0 }; return x.a; }", " f"},
		{"static int __attribute__((noinline)) f(int (*fn)(void)) { const struct s x = { 0 }; return x.a; } int u(void) { return f(0); }", " f"},
		{"int f(void) { struct s x = { 0 }, y = x; return y.a; } int h(void) { { struct s z; return g(&z); } }", " f h"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512], buf[1024], expected[64];

		snprintf(text, sizeof(text), "struct s { int a; }; int g(struct s *p);\n%s", cases[i].text);
		snprintf(expected, sizeof(expected), "s\tstack%s\t", cases[i].makers);
		if (!strstr(types_of(text, buf, sizeof(buf)), expected))
			fail_msg("%s: %s", cases[i].text, buf);
	}
}

/* What is between two #pragma pack, in the order of the text, whatever else they are about. */
static void test_packing(void **state)
{
	static const char text[] = "struct a { int a; };\n#pragma pack(push, 1)\nstruct b { int a; };\n#pragma pack(2)\nstruct c { int a; };\n"
				   "#pragma pack(push)\n#pragma GCC poison x\nstruct d { int a; };\n#pragma pack()\nstruct e { int a; };\n#pragma pack(pop)\n"
				   "struct f { int a; };\n#pragma pack(pop)\nstruct g { int a; };\n#pragma pack(pop)\nstruct h { int a; };\n"
				   "int u(void) { struct a a; struct b b; struct c c; struct d d; struct e e; struct f f; struct g g; struct h h; return 0; }";
	static const char *const packed[] = {"", "1", "2", "2", "", "2", "", ""};
	char buf[1024], line[256], expected[128];

	types_of(text, buf, sizeof(buf));
	for (size_t i = 0; i < ARRAY_SIZE(packed); i++) {
		const char name[] = {(char)('a' + i), 0};

		snprintf(expected, sizeof(expected), *packed[i] ? "stack u\tstruct { int a ; } pack ( %s ) " : "stack u\tstruct { int a ; } ", packed[i]);
		assert_string_equal(line_of(buf, name, line, sizeof(line)), expected);
	}
}

/* The compiler may make a function that has an object a part of one that mentions it, and that of another one. */
static void test_callers(void **state)
{
	static const char text[] = "struct s { int a; }; int g(struct s *p); static int one(void) { struct s x; return g(&x); }\n"
				   "static int two(int a) { return a + one(); } static int other(void) { return 1; }\n"
				   "int three(void) { return two(2) + other(); } int four(void) { return one() + one(); }";
	static const struct {
		const char *name, *line;
	} cases[] = {
		{"s", "stack one\tstruct { int a ; } "}, {"one", "callers\ttwo four "}, {"two", "callers\tthree "}, {"three", ""}, {"other", ""},
	};
	char buf[1024], line[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(line_of(types_of(text, buf, sizeof(buf)), cases[i].name, line, sizeof(line)), cases[i].line);
}

static void test_layout(void **state)
{
	static const struct {
		const char *pre, *post;
		const char *what;	/* NULL: kept */
	} cases[] = {
		{"struct { int a ; } ", "struct { int a ; } ", NULL},
		{"struct { struct d * dev ; int a ; } ", "struct { union { struct d * dev ; struct d * dev_rcu ; } ; int a ; } ", NULL},
		{"struct { int a ; int b ; } ", "struct { union { struct { int a ; int b ; } ; struct { int a ; int b ; } g ; } ; } ",
		 NULL},
		{"struct { int a ; } ", "struct { int a ; int b ; } ", "it gets 'int b'"},
		{"struct { int a ; int b ; } ", "struct { int a ; } ", "it loses 'int b'"},
		{"struct { int a ; int b ; } ", "struct { int b ; int a ; } ", "its members are arranged otherwise"},
		{"struct { int a : 1 ; int pad : 7 ; } ", "struct { int a : 1 ; int b : 1 ; int pad : 6 ; } ", "it gets 'int b : 1'"},
		{"struct { int a ; } ", "struct { int a ; } __attribute__ ( ( packed ) ) ", "its attributes are others"},
		{"struct { int a ; } ", "union { int a ; } ", "its attributes are others"},
		{"struct { int a ; } ", "struct { union { int a ; long b ; } ; } ", "it gets 'union { int a ; long b ; }'"},
		{"struct { char a ; } ", "struct { union { struct { char a ; } ; struct { char a ; } * p ; } ; } ",
		 "it gets 'union { struct { char a ; } ; struct { char a ; } * p ; }'"},
		{"struct { int * a ; } ", "struct { union { int * a ; char b [ 64 ] ; } ; } ",
		 "it gets 'union { int * a ; char b [ 64 ] ; }'"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *what;
		bool kept = layout_is_kept(cases[i].pre, cases[i].post, &what);

		if (kept != !cases[i].what || (what && strcmp(what, cases[i].what)))
			fail_msg("%s: %s", cases[i].post, what ?: "kept");
		free(what);
	}
}

static bool same_outline(const char *a, const char *b)
{
	char *x = layout_outline(a), *y = layout_outline(b);
	bool same = !strcmp(x, y);

	free(x);
	free(y);
	return same;
}

static void test_likeness(void **state)
{
	assert_true(layout_is_like("struct { int a ; int b ; int c ; } ", "struct { int c ; long x ; int a ; } "));
	assert_true(layout_is_like("struct { int a ; int b ; } ", "struct { int b ; int a ; } "));
	assert_false(layout_is_like("struct { int a ; int b ; } ", "struct { int a ; long b ; } "));
	assert_false(layout_is_like("struct { int a ; int b ; int c ; int d ; } ", "struct { int a ; int b ; } "));
	assert_false(layout_is_like("struct { int a ; } ", "struct { int a ; } "));
	assert_false(layout_is_like("struct", "struct { int a ; int b ; } "));
	assert_true(layout_defines("int x;\nstruct foo\n{\n};", "foo"));
	assert_true(layout_defines("union foo __attribute__((packed)) { int a; };", "foo"));
	assert_false(layout_defines("struct foo *f(struct foo x) { return 0; } struct bar { struct foo a; } foo;", "foo"));
}

static void test_outline(void **state)
{
	static const char base[] = "#define N 4\nstruct s { int a[N]; };\nstruct s *f(struct s *p)\n{\n\treturn p;\n}\n";

	assert_true(same_outline(base, "#define N  4 /* x */\nstruct s {\n\tint a[N]; // y\n};\n"
					"struct s *f(struct s *p)\n{\n\treturn p + 1;\n}\nint g(void) { return 1; }\n"));
	assert_false(same_outline(base, "#define N 5\nstruct s { int a[N]; };\nstruct s *f(struct s *p)\n{\n\treturn p;\n}\n"));
	assert_false(same_outline(base, "#define N 4\nstruct s { int b, a[N]; };\nstruct s *f(struct s *p)\n{\n\treturn p;\n}\n"));
	assert_false(same_outline("int x;", "struct __attribute__((packed)) s { int a; } x;"));
	assert_false(same_outline("enum { A };", "enum { B, A };"));
	assert_false(same_outline("typedef int t;", "typedef long t;"));
	assert_false(same_outline("static const int x[] __initconst = {\n\t1,\n};\n", "static const int x[] __initconst = {\n\t1,\n\t1,\n};\n"));
	assert_true(same_outline("static const int x[] = {\n\t1,\n};\n", "static const int x[] = {\n\t2\n};\n"));
	assert_false(same_outline("#define N \\\n1\n", "#define N \\\n2\n"));
	assert_false(same_outline("static u32 x;", "static u64 x;"));
	assert_false(same_outline("int f(void)\n{\n\tstatic u32 x = 1;\n}\n", "int f(void)\n{\n\tstatic u64 x = 1;\n}\n"));
	assert_false(same_outline("int f(void)\n{\n\tstatic\tu32 x = 1;\n}\n", "int f(void)\n{\n\tstatic\tu64 x = 1;\n}\n"));
	assert_true(same_outline("int f(void)\n{\n\tu32 x = 1;\n}\n", "int f(void)\n{\n\tu64 x = 1;\n}\n"));
	/* A list that is included to make a type of: GENL_struct() of include/linux/drbd_genl.h, SUBSYS() of cgroup_subsys.h. */
	assert_false(same_outline("GENL_struct(A, 1, a,\n\t__u32_field(1, 0, x)\n)\n", "GENL_struct(A, 1, a,\n\t__u64_field(1, 0, x)\n)\n"));
	assert_false(same_outline("SUBSYS(a)\nSUBSYS(b)\n", "SUBSYS(a)\nSUBSYS(c)\nSUBSYS(b)\n"));
	assert_true(same_outline("SUBSYS(a)\nint f(void)\n{\n\tg(1);\n}\n", "SUBSYS(a)\nint f(void)\n{\n\tg(2);\n}\n"));
}

static void prototypes_are(const char *source, const char *expected)
{
	struct str text = STR_INIT;

	prototypes_of(source, &text);
	assert_string_equal(text.s, expected);
	str_free(&text);
}

static void test_prototypes(void **state)
{
	prototypes_are("", "");
	prototypes_are("# 1 \"x.c\"\nint f(void) { return 1; } long g(long a) { return f(a); }", "f\tint ( void )\ng\tlong ( long )\n");
	prototypes_are("static int f(int a) { }", "f\tint ( int )\n");
	prototypes_are("int f(int a); int g(void); extern int f(int); int f(const int b) { } int f(int c);",
		       "f\tint ( const int )\nf()\tint ( int )\nf()\tint ( int )\nf()\tint ( int )\n");
	/* What has no body, or is no function. */
	prototypes_are("int f(int a); struct s { int (*f)(int); } x = { f(2) }; int y[N(3)] = { 1 };", "");
	/* Names of parameters, and what callers do not see. */
	prototypes_are("__attribute__((noinline)) int\nf(u32 a, struct s *b)\n{ return g(a); }", "f\tint ( u32 , struct s * )\n");
	prototypes_are("extern inline __attribute__((__gnu_inline__)) int f(const char *const name, int v[4], int (*fn)(void *p)) { }",
		       "f\tint ( const char * const , int [ 4 ] , int ( * fn ) ( void * p ) )\n");
	prototypes_are("int __attribute__((cold)) f(int a __attribute__((unused)), unsigned b) { }", "f\tint ( int , unsigned )\n");
	/* The type is no name, where there is none. */
	prototypes_are("int f(struct s, unsigned long, const t, enum e a) { }", "f\tint ( struct s , unsigned long , const t , enum e )\n");
	prototypes_are("__typeof__(x) f(t a) { }", "f\t__typeof__ ( x ) ( t )\n");
	prototypes_are("int (*f(int a))(long) { }", "f\tint ( * ( int a ) ) ( long )\n");
	prototypes_are("t (*f(int a))(long) { }", "f\tt ( * ( int a ) ) ( long )\n");
	prototypes_are("asm(\".globl f\"); asm volatile(\"nop\"); int f(int a, ...) { }", "f\tint ( int , . . . )\n");
	/* No end to what is open. */
	prototypes_are("int f(int a", "");
	prototypes_are("int f(int a) {", "f\tint ( int )\n");
	prototypes_are("{ ( [ int f(int a) {", "");
	prototypes_are("int f __attribute__((", "");
}

static void declared_is(const char *source, const char *name, const char *expected)
{
	char *text = prototype_declared(source, name);

	assert_string_equal(text, expected);
	free(text);
}

static void test_declared_prototype(void **state)
{
	declared_is("asmlinkage __must_check int f(struct s *, int len);", "f", "int ( struct s * , int )");
	declared_is("/* int f(long); */\n#define F \\\n int f(char c);\nDECLARE(x) int f(u32 a);\n", "f", "DECLARE ( x ) int ( u32 )");
	declared_is("#ifdef A\nint f(int a);\n#else\nint f(long a);\n#endif\n", "f", "int ( int ) int ( long )");
	/* Calls, and other functions. */
	declared_is("int g(int f) { return f(1); } int h(void) { f(1); } int x = f(1); long fg(int a);", "f", "");
	declared_is("int f(int a", "f", "");
}

/* Is @name among what a unit with this source uses? */
static bool is_used(const char *text, const char *name)
{
	char path[] = "/tmp/test-declarations-XXXXXX", hex[SHA256_HEX_SIZE];
	_cleanup_strv_ struct strv names = STRV_INIT;
	int fd = mkstemp(path);
	bool any;

	assert_true(fd >= 0);
	close(fd);
	strv_add(&names, name);
	assert_null(declarations_digest(text, hex, path));
	assert_null(used_names_any(path, &names, &any));
	unlink(path);
	return any;
}

/* __stringify(x) says something else once x is a macro. */
static void test_used_names_in_strings(void **state)
{
	static const char text[] = "static inline int unused(void) { return g(\"in_unused\"); }\n"
				   "static inline int helper(void) { return g(\"first, in_helper second\"); }\nint f(void) { return helper() + 'c'; }\n";

	assert_true(is_used(text, "helper"));
	assert_true(is_used(text, "first"));
	assert_true(is_used(text, "in_helper"));
	assert_true(is_used(text, "second"));
	assert_false(is_used(text, "in"));
	assert_false(is_used(text, "in_unused"));
	assert_false(is_used(text, "unused"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout_of_text), cmocka_unit_test(test_prototypes), cmocka_unit_test(test_declared_prototype), cmocka_unit_test(test_unused), cmocka_unit_test(test_used),
		cmocka_unit_test(test_named_in_strings), cmocka_unit_test(test_used_names_in_strings),
		cmocka_unit_test(test_roots), cmocka_unit_test(test_other_names),
		cmocka_unit_test(test_assembler), cmocka_unit_test(test_types), cmocka_unit_test(test_array_sizes), cmocka_unit_test(test_array_lengths), cmocka_unit_test(test_ends),
		cmocka_unit_test(test_enumerators), cmocka_unit_test(test_typedefs), cmocka_unit_test(test_variables),
		cmocka_unit_test(test_stays), cmocka_unit_test(test_makers), cmocka_unit_test(test_callers), cmocka_unit_test(test_packing), cmocka_unit_test(test_layout),
		cmocka_unit_test(test_likeness), cmocka_unit_test(test_outline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
