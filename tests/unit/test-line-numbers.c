// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * line_numbers(): what the compiler's preprocessor makes of an old text with the numbers of a new one is what it makes of the
 * new one, when nothing but comments and blank lines are different.
 */
#include "cmocka-all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "common/subprocess.h"
#include "ksplice-create/line-numbers.h"

static char dir[] = "/tmp/test-line-numbers-XXXXXX";

static char *path_of(const char *name)
{
	return xasprintf("%s/%s", dir, name);
}

static void put(const char *name, const char *text)
{
	_cleanup_free_ char *path = path_of(name);

	assert_null(file_replace(path, 0644, text, strlen(text)));
}

/* Runs it in the test's directory; what it prints is the caller's. */
static char *output_of(const char *const *argv, int max_status)
{
	const struct subprocess p = {.argv = argv, .dir = dir};
	struct subprocess_result r;

	assert_null(subprocess_run(&p, &r));
	if (r.status > max_status)
		fail_msg("%s: %s", argv[0], r.out);
	return r.out;
}

/* All lines begin with the number that __LINE__ has there. */
static char *preprocess(const char *text)
{
	static const char *const argv[] = {"gcc", "-E", "-P", "-std=gnu11", "text.c", NULL};

	put("text.c", text);
	return output_of(argv, 0);
}

/* NULL: no line moved. Owned by the caller. */
static char *renumbered(const char *old, const char *new)
{
	static const char *const argv[] = {"diff", "-a", "old.c", "new.c", NULL};
	_cleanup_free_ char *hunks = NULL;
	char *ret;

	put("old.c", old);
	put("new.c", new);
	hunks = output_of(argv, 1);
	assert_null(line_numbers(old, hunks, &ret));
	return ret;
}

static void check(const char *old, const char *new)
{
	_cleanup_free_ char *text = renumbered(old, new), *got = NULL, *want = preprocess(new);

	assert_non_null(text);
	got = preprocess(text);
	assert_string_equal(got, want);
}

static void test_lines_added_and_removed(void **state)
{
	check("a __LINE__\nb __LINE__\n", "\na __LINE__\nb __LINE__\n");
	check("/*\n*/\na __LINE__\nb __LINE__\n", "a __LINE__\nb __LINE__\n");
	check("a __LINE__\n// 1\nb __LINE__\nc __LINE__\n// 2\nd __LINE__", "\n\n\n//\na __LINE__\nb __LINE__\nc __LINE__\nd __LINE__");
	check("\n// 1\n\na __LINE__\n", "// 2\n\n\n// 3\na __LINE__\n");
}

/* A #line in a comment would be none, and one behind a backslash would be a part of the macro. */
static void test_where_no_directive_can_stand(void **state)
{
	check("/* 1\n * 2\n */\na __LINE__\n", "/* 1\n\n * 2\n */\na __LINE__\n");
	check("#define M(x) \\\n\tx __LINE__ \\\n\t/* 1 */\na M(x)\n",
	      "#define M(x) \\\n\t/* 0 */ \\\n\tx __LINE__ \\\n\t/* 1 */\na M(x)\n");
	check("a \"/*\" __LINE__\nb '\"' /* ' */ __LINE__\nc '\\'' __LINE__ /*\n\n*/ __LINE__\nd // /*\n__LINE__\n",
	      "a \"/*\" __LINE__\n\nb '\"' /* ' */ __LINE__\n\nc '\\'' __LINE__ /*\n\n*/ __LINE__\n\nd // /*\n__LINE__\n");
	check("a \"\\\"/*\" __LINE__\nb __LINE__\n", "a \"\\\"/*\" __LINE__\n\nb __LINE__\n");
}

static void test_macro_arguments(void **state)
{
	check("#define WARN(x, ...) x __LINE__ __VA_ARGS__\nWARN(a,\n\tb,\n\tc) __LINE__\nd __LINE__\n",
	      "#define WARN(x, ...) x __LINE__ __VA_ARGS__\n\nWARN(a,\n\tb,\n\n\tc) __LINE__\nd __LINE__\n");
}

/* In what is skipped, directives are skipped, and nothing closes a quote or comment. */
static void test_conditionals(void **state)
{
	check("#if 0\na __LINE__\nb\n#else\nc __LINE__\n#endif\nd __LINE__\n",
	      "#if 0\na __LINE__\n\n\nb\n#else\nc __LINE__\n#endif\nd __LINE__\n");
	check("#if 1\na __LINE__\n#elif 1\nb\n  #  endif /* 1\n*/ c __LINE__\nd __LINE__\n",
	      "#if 1\na __LINE__\n#elif 1\n\nb\n  #  endif /* 1\n*/ c __LINE__\nd __LINE__\n");
	check("#if 0\ndon't /* do\n#if 1\n#endif\na\n#endif\nb __LINE__\n",
	      "#if 0\ndon't /* do\n\n#if 1\n\n#endif\n\na\n#endif\nb __LINE__\n");
}

static void test_file_name_stays(void **state)
{
	_cleanup_free_ char *text = renumbered("a\n__FILE__\n", "\na\n__FILE__\n"), *out = preprocess(text);

	assert_non_null(strstr(out, "\"text.c\""));
}

static void test_nothing_moved(void **state)
{
	assert_null(renumbered("a\nb\nc\n", "a\nx\nc\n"));
	assert_null(renumbered("a\nb\n", "a\nb\nc\n"));
	assert_null(renumbered("a\nb\nc\n", "a\nb\n"));
	assert_null(renumbered("", "a\n"));
	assert_null(renumbered("a", "a\n"));
}

static void test_no_diff(void **state)
{
	static const char *const bad[] = {"x\n", "1\n", "1a\n", "a1\n", "1x2\n", "1,a2\n", "2,1d3\n", "1a2x\n", "1a2\nx\n"};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char *ret;
		struct error *err = line_numbers("a\nb\n", bad[i], &ret);

		if (!err)
			fail_msg("takes '%s'", bad[i]);
		assert_int_equal(err->kind, ERROR_BAD_FILE);
		assert_null(ret);
		error_free(err);
	}
}

static int make_dir(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	static const char *const names[] = {"text.c", "old.c", "new.c"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = path_of(names[i]);

		unlink(path);
	}
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_added_and_removed),
		cmocka_unit_test(test_where_no_directive_can_stand),
		cmocka_unit_test(test_macro_arguments),
		cmocka_unit_test(test_conditionals),
		cmocka_unit_test(test_file_name_stays),
		cmocka_unit_test(test_nothing_moved),
		cmocka_unit_test(test_no_diff),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
