// SPDX-License-Identifier: GPL-2.0-or-later
/* computed_includes_*(): which macros have a part in an #include; and the directives of a source. */
#include "ksplice-create/computed-includes.h"
#include "ksplice-create/directives.h"
#include "tests/unit/cmocka-all.h"

/* include/trace/define_trace.h and include/linux/genl_magic_struct.h of 6.1, and arch/x86/include/asm/percpu.h. */
static const char source[] = "# define TRACE_INCLUDE_FILE TRACE_SYSTEM\n"
			     "#define TRACE_INCLUDE(system) \\\n\t__TRACE_INCLUDE(system)\n"
			     "# define __TRACE_INCLUDE(system) __stringify(TRACE_INCLUDE_PATH/system.h)\n"
			     "/* only here */ #define TRACE_SYSTEM sched\n"
			     "int x; #define NO_DIRECTIVE TRACE_INCLUDE_FILE\n"
			     "#define TRACE_SYSTEM vmalloc\n"
			     "#define vmalloc(...) alloc_hooks(vmalloc_noprof(__VA_ARGS__))\n"
			     "#define __percpu_seg fs\n";

static void test_lines(void **state)
{
	static const struct {
		const char *line;
		bool known;
	} cases[] = {
		{"GENL_MAGIC_INCLUDE_FILE\nint x;", true}, {"TRACE_INCLUDE(TRACE_INCLUDE_FILE)\n", true}, {"A ( B ) /* why */", true},
		{"A(B, C)\n", false}, {"A(\"b.h\")\n", false}, {"A B\n", false}, {"\n", false}, {"A(B", false}, {"", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct computed_includes ci = {};

		assert_int_equal(computed_includes_line(&ci, cases[i].line), cases[i].known);
		computed_includes_free(&ci);
	}
}

static void test_parts(void **state)
{
	static const struct {
		const char *name;
		bool part;
	} cases[] = {
		{"TRACE_INCLUDE", true}, {"TRACE_INCLUDE_FILE", true}, {"TRACE_SYSTEM", true}, {"__TRACE_INCLUDE", true},
		{"TRACE_INCLUDE_PATH", true}, {"vmalloc", true}, {"alloc_hooks", false}, {"__percpu_seg", false}, {"NO_DIRECTIVE", false},
	};
	struct computed_includes ci = {};
	size_t known;

	(void)state;
	assert_true(computed_includes_line(&ci, "TRACE_INCLUDE(TRACE_INCLUDE_FILE)\n"));
	do {
		known = ci.words.names.n;
		computed_includes_bodies(&ci, source);
	} while (known != ci.words.names.n);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(computed_includes_has(&ci, cases[i].name), cases[i].part);
	computed_includes_free(&ci);
}

/* "#include A(B)" with B as the name of another macro that A calls, or that A is another name for. */
static void test_calls(void **state)
{
	struct computed_includes ci = {};

	(void)state;
	assert_true(computed_includes_line(&ci, "A(B)\n"));
	computed_includes_bodies(&ci, "#define A F\n#define F(x) <x.h>, last\n#define last(y) not\n");
	assert_true(computed_includes_has(&ci, "last"));
	assert_false(computed_includes_has(&ci, "not"));
	assert_false(computed_includes_has(&ci, "other"));
	computed_includes_bodies(&ci, "#define F(x) x(1)\n");
	assert_true(computed_includes_has(&ci, "other"));
	computed_includes_free(&ci);
}

static void test_open(void **state)
{
	struct computed_includes ci = {};

	(void)state;
	assert_true(computed_includes_line(&ci, "REQUEST_FILE"));
	computed_includes_possible(&ci, 1, "REQUEST_FILE", 2);
	assert_false(computed_includes_open(&ci));
	computed_includes_possible(&ci, 1, "__percpu_seg", 2);
	assert_true(computed_includes_open(&ci));
	computed_includes_free(&ci);
}

static void test_directives(void **state)
{
	static const char text[] = "#  include <a.h>\nint x; # define no\n/* c */#define B\n#\n#if";
	static const char *const words[] = {"include", "define", "if"};
	const char *p = text;
	struct directive d;
	size_t n = 0;

	(void)state;
	while (directive_next(text, &p, &d)) {
		assert_true(n < ARRAY_SIZE(words));
		assert_true(directive_is(&d, words[n++]));
	}
	assert_int_equal(n, ARRAY_SIZE(words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_directives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
