// SPDX-License-Identifier: GPL-2.0-or-later
/* new_macros_in_text(): is a macro that a diff brings new to a text? */
#include "ksplice-create/new-macros.h"
#include "tests/unit/cmocka-all.h"

struct error *includes_text(const struct includes *in, size_t n, char **ret)
{
	(void)in;
	(void)n;
	*ret = NULL;
	return NULL;
}

size_t includes_nr_files(const struct includes *in)
{
	(void)in;
	return 0;
}

static bool is_new(const char *text, const char *name)
{
	_cleanup_strv_ struct strv names = STRV_INIT;

	strv_add(&names, "another_that_nobody_has");
	strv_add(&names, name);
	return new_macros_in_text(text, &names);
}

static void test_words(void **state)
{
	(void)state;
	assert_true(is_new("", "new_name"));
	assert_true(is_new("int a_new_name, new_names; /* new-name */\n", "new_name"));
	assert_false(is_new("int new_name;", "new_name"));
	assert_false(is_new("#ifdef new_name\n#endif\n", "new_name"));
	assert_false(is_new("/* new_name */", "new_name"));
	assert_false(is_new("#undef new_name", "new_name"));
	assert_false(is_new("x(new_name)", "new_name"));
}

/* include/linux/kconfig.h of 6.1: the word is pasted, asked for, and gone. */
#define KCONFIG "#define __ARG_PLACEHOLDER_1 0,\n" \
		"#define ___is_defined(val)\t\t____is_defined(__ARG_PLACEHOLDER_##val)\n" \
		"#define IS_MODULE(option) __is_defined(option##_MODULE)\n"

static void test_pasted(void **state)
{
	(void)state;
	assert_false(is_new(KCONFIG, "CONFIG_FOO_MODULE"));
	assert_false(is_new(KCONFIG, "__ARG_PLACEHOLDER_2"));
	assert_true(is_new(KCONFIG, "CONFIG_FOO_MODULES"));
	assert_true(is_new(KCONFIG, "MY__ARG_PLACEHOLDER_2"));
	assert_false(is_new("#define f(a, b...) \\\n\ta ## _of_ ## b ## _end\n", "x_of_y_end"));
	/* "a" and "b" are what is handed over. */
	assert_true(is_new("#define f(a, b...) a ## _of_ ## b\n", "a_new_one_b"));
	assert_false(is_new("#define f a ## _of_\n", "a_new_one"));
	assert_false(is_new("#  define f (b) begin_##b\n", "begin_new"));
	assert_true(is_new("#define f(x) g(#x) \"begin_##end\"\n", "begin_new"));
	assert_true(is_new("#define f(a, ...) g(a, ## __VA_ARGS__)\n", "new_name__VA_ARGS__"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_pasted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
