// SPDX-License-Identifier: GPL-2.0-or-later
/* changed_names(): what a header declares differently, or that this cannot be told; and the lists of used names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ksplice-create/changed-names.h"
#include "ksplice-create/used-names.h"
#include "tests/unit/cmocka-all.h"

#define GUARD "#ifndef A_H\n#define A_H\n"

/* The names, sorted, each behind a blank, and those of new macros, each behind a "#"; NULL: cannot be told. */
static char *names_of(const char *pre, const char *post, char *buf, size_t size)
{
	_cleanup_strv_ struct strv names = STRV_INIT, macros = STRV_INIT;
	_cleanup_free_ char *a = xasprintf(GUARD "%s\n#endif\n", pre), *b = xasprintf(GUARD "%s\n#endif\n", post);

	*buf = 0;
	if (!changed_names(a, b, &names, &macros))
		return NULL;
	for (size_t i = 0; i < names.n; i++)
		for (size_t k = i + 1; k < names.n; k++)
			if (strcmp(names.v[i], names.v[k]) > 0) {
				char *x = names.v[i];

				names.v[i] = names.v[k];
				names.v[k] = x;
			}
	for (size_t i = 0; i < names.n; i++)
		snprintf(buf + strlen(buf), size - strlen(buf), " %s", names.v[i]);
	for (size_t i = 0; i < macros.n; i++)
		snprintf(buf + strlen(buf), size - strlen(buf), " #%s", macros.v[i]);
	return buf;
}

static void test_names(void **state)
{
	static const struct {
		const char *pre, *post, *names;
	} cases[] = {
		{"int f(void);", "int f(void);", ""},
		{"int f(void);", "int f(void); /* it's { said */ // and don't\n", ""},
		{"int f(void);", "int f(void);\nvoid g(int flags);", " g"},
		{"int f(int a);\nint h(void);", "int f(long a);\nint h(void);", " f"},
		{"static inline int f(int a) { return g(a); }\nint h(void);", "static inline int f(int a) { return g(a + 1); }\nint h(void);", " f"},
		{"__printf(1, 2) int f(const char *s, ...);", "__printf(1, 2) void f(const char *s, ...);", " __printf f"},
		{"struct s { int a; };\nint f(struct s *p);", "struct s { int a, b; };\nint f(struct s *p);", " s"},
		{"struct s { struct d *dev; int a; };\nint f(struct s *p);", "struct s { union { struct d *dev; struct d __rcu *dev_rcu; }; int a; };\nint f(struct s *p);", " dev_rcu"},
		{"struct s { union { struct d *dev; struct d *dev_rcu; }; };", "struct s { struct d *dev; };", " dev_rcu"},
		{"struct s { struct d *dev; int a; };", "struct s { union { struct d *dev; struct d *dev_rcu; }; long a; };", " s"},
		{"struct s { struct d *dev; };", "struct s { union { long x; struct d *dev; }; };", " s"},
		{"typedef struct { int a; } s_t;", "typedef struct { int a; long b; } s_t;", " s_t"},
		{"enum e { A, B };", "enum e { A, C, B };", " A B C e"},
		{"extern int x, *y[2];", "extern long x, *y[2];", " x y"},
		{"#ifdef CONFIG_X\nint f(int);\n#else\nstatic inline int f(int a) { return 0; }\n#endif\nint h(void);",
		 "#ifdef CONFIG_X\nint f(int);\n#else\nstatic inline int f(int a) { return 1; }\n#endif\nint h(void);", " f"},
		{"struct s {\n#ifdef CONFIG_X\nint a;\n#endif\n};", "struct s {\n#ifdef CONFIG_X\nlong a;\n#endif\n};", " s"},
		{"#define M(x) do { \\\n\tg(x); \\\n} while (0)\nint f(void);", "#define M(x)   do { \\\n  g(x); \\\n} while (0)\nlong f(void);", " f"},
		{"#ifdef CONFIG_X\nint f(void);\n#endif\nint g(void);\n#ifdef CONFIG_Y\nint h(void);\n#endif",
		 "#ifdef CONFIG_X\nint f(int);\n#endif\nint g(void);\n#ifdef CONFIG_Y\nint h(int);\n#endif", " f h"},
		{"enum e {\n#ifdef CONFIG_X\nA,\n#endif\nB };", "enum e {\n#ifdef CONFIG_X\nA,\n#endif\nB, C };", " A B C e"},
		/* A member that a condition leaves out from now on. */
		{"struct s {\nint a;\n#ifdef CONFIG_X\nint b;\n#endif\nint c;\n};", "struct s {\nint a;\n#ifdef CONFIG_X\nint b;\nint c;\n#endif\n};", " s"},
		{"int f(foo_t a, foo_t (*b)(int));", "int f(foo_t a);", " f"},
		{"foo_t f(int a);", "foo_t f(long a);", " f"},
		{"enum { A = BIT(0), B };", "enum { A = BIT(0), B = BIT(2) };", " A B"},
		/* New macros: folio_has_pincount() of include/linux/mm.h. */
		{"int f(void);", "#define M(x) do { \\\n\tg(x); \\\n} while (0)\nint f(void);", " #M"},
		{"#define A 1\n#define C 3\nint f(void);", "#define A 1\n#define B 2\n#define C 3\nint f(int);\n#define D", " f #B #D"},
		{"struct s {\nint a;\n#define A 1\n};", "struct s {\nint a;\n#define A 1\n#define B 2\n};", " s #B"},
		{"#ifdef CONFIG_X\nint f(void);\n#endif", "#ifdef CONFIG_X\n#define M\nint f(void);\n#endif", " #M"},
		{"const char *f(void);\nstatic inline int g(void) { return h(\"}\", '\"'); }", "char *f(void);\nstatic inline int g(void) { return h(\"}\", '\"'); }", " f"},
	};
	char buf[256];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *names = names_of(cases[i].pre, cases[i].post, buf, sizeof(buf));

		if (!names || strcmp(names, cases[i].names))
			fail_msg("%s -> %s: %s", cases[i].pre, cases[i].post, names ?: "cannot be told");
	}
}

static void test_cannot_be_told(void **state)
{
	static const struct {
		const char *pre, *post;
	} cases[] = {
		{"#define X 1", "#define X 2"},
		{"#define X 1\n#define Y 2", "#define X 1"},
		{"#undef X\nint f(void);", "#undef X\n#define X 2\nint f(void);"},
		{"#ifdef CONFIG_X\n#define X 1\n#endif", "#ifdef CONFIG_X\n#define X 1\n#else\n#define X 2\n#endif"},
		{"#define X 1\n#define Y 2", "#define Y 2\n#define Z 3\n#define X 1"},
		{"int f(void);", "#ifndef M\n#define M\n#endif\nint f(void);"},
		{"#define M(x) do { \\\n\tg(x); \\\n} while (0)", "#define M(x) do { \\\n\th(x); \\\n} while (0)"},
		{"int f(void);", "#include <linux/x.h>\nint f(void);"},
		{"#ifdef CONFIG_X\nint f(void);\n#endif", "#ifdef CONFIG_Y\nint f(void);\n#endif"},
		{"DECLARE_THING(a);", "DECLARE_THING(b);"},
		{"int f(void);", "int x;"},
		{"int f(void);", "int f(void) { return 1; }"},
		{"int f(void);", "asm(\".globl f\");"},
		{"int f(void); int g(void);", "int g(void); int f(void);"},
		{"#ifdef CONFIG_X\nint f(int a)\n{\n#else\nint f(void)\n{\n#endif\nreturn 0; }", "#ifdef CONFIG_X\nint f(int a)\n{\n#else\nint f(void)\n{\n#endif\nreturn 1; }"},
		/* In another branch, or none: the directives are the same, and so are the declarations. */
		{"#ifdef CONFIG_X\nint f(void);\n#endif\nint g(void);", "#ifdef CONFIG_X\nint f(void);\nint g(void);\n#endif"},
		{"#ifdef CONFIG_X\nint f(void);\n#else\nint g(void);\n#endif", "#ifdef CONFIG_X\nint f(void);\nint g(void);\n#else\n#endif"},
		{"int f(void);\n#pragma pack(1)\nstruct s { int a; };\n", "int f(void);\nstruct s { int a; };\n#pragma pack(1)\n"},
		/* build_mmio_read() of arch/x86/include/asm/io.h declares readb(), and what follows has no semicolon before it. */
		{"build_mmio_read(readb, \"b\", char, \"=q\", )\nbuild_mmio_read(readw, \"w\", short, \"=r\", )\nint f(void);",
		 "build_mmio_read(readb, \"b\", char, \"=q\", :\"memory\")\nbuild_mmio_read(readw, \"w\", short, \"=r\", )\nint f(void);"},
		{"static inline define_reader(a);", "static inline define_reader(b);"},
		{"__define_reader(a);", "__define_reader(b);"},
		{"struct item(a) { int x; };", "struct item(a) { long x; };"},
		{"static int reader(a)(int x) { return x; }", "static int reader(a)(int x) { return -x; }"},
		{"enum e { state(idle), state(busy) };", "enum e { state(busy), state(idle) };"},
		{"struct s { enum { state(idle), state(busy) } x; };", "struct s { enum { state(busy), state(idle) } x; };"},
		{"int f(void);", "int f(void); struct s {"},
		{"int f(void);", "int f(void); }"},
	};
	_cleanup_strv_ struct strv names = STRV_INIT, macros = STRV_INIT;
	char buf[256];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (names_of(cases[i].pre, cases[i].post, buf, sizeof(buf)))
			fail_msg("%s -> %s: %s", cases[i].pre, cases[i].post, buf);
	/* A list for an X macro. */
	assert_false(changed_names("x(a)\n", "x(a)\nx(b)\n", &names, &macros));
	assert_false(changed_names("int f(void);\n", "int g(void);\n", &names, &macros));
	assert_true(changed_names("#pragma once\nint f(void);\n", "#pragma once\nint g(void);\n", &names, &macros));
}

static void test_used_names(void **state)
{
	char path[] = "/tmp/test-changed-names-XXXXXX";
	uint32_t hashes[] = {used_name_hash("foo", 3), used_name_hash("bar", 3), used_name_hash("a_much_longer_name", 18)};
	_cleanup_strv_ struct strv names = STRV_INIT;
	int fd = mkstemp(path);
	bool any;

	assert_true(fd >= 0);
	close(fd);
	assert_null(used_names_write(path, hashes, ARRAY_SIZE(hashes)));
	assert_null(used_names_any(path, &names, &any));
	assert_false(any);
	strv_add(&names, "baz");
	strv_add(&names, "fo");
	assert_null(used_names_any(path, &names, &any));
	assert_false(any);
	strv_add(&names, "bar");
	assert_null(used_names_any(path, &names, &any));
	assert_true(any);
	unlink(path);
	strv_free(&names);
	/* What is not known may be. */
	assert_null(used_names_any(path, &names, &any));
	assert_true(any);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_cannot_be_told),
		cmocka_unit_test(test_used_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
