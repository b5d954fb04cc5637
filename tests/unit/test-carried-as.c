// SPDX-License-Identifier: GPL-2.0-or-later
/* Nops behind calls in what the compiler wrote. */
#include "cmocka-all.h"

#include <stdlib.h>

#include "ksplice-create/carried-as.h"

static void check(const char *text, const char *want)
{
	_cleanup_free_ char *got = carried_as_filter(text);

	assert_string_equal(got, want);
}

static void call_without_a_nop(void **state)
{
	check("\tbl foo\n.L2:\n\tbl bar.part.0\n", "\tbl foo\n\tnop\n.L2:\n\tbl bar.part.0\n\tnop\n");
	check("\tbl foo\n\tbl bar\n\tblr\n", "\tbl foo\n\tnop\n\tbl bar\n\tnop\n\tblr\n");
}

static void call_with_a_nop(void **state)
{
	check("\tbl foo\n\tnop\n\tblr\n", "\tbl foo\n\tnop\n\tblr\n");
}

/* Its call is known by the instruction before it, and nothing comes back from it. */
static void call_of_the_tracer(void **state)
{
	check("\tmflr 0\n\tbl _mcount\n\tli 3,0\n", "\tmflr 0\n\tbl _mcount\n\tli 3,0\n");
	check("\tbl _mcount_of_mine\n", "\tbl _mcount_of_mine\n\tnop\n");
}

static void no_calls(void **state)
{
	check("", "");
	check("\tblr\n\tblt 0,.L3\n\tbcl 20,31,$+4\n\tb foo\nbl foo\n", "\tblr\n\tblt 0,.L3\n\tbcl 20,31,$+4\n\tb foo\nbl foo\n");
}

/* Whoever wrote them may have counted their bytes. */
static void inline_statements(void **state)
{
	check("#APP\n # 5 \"f.c\" 1\n\tbl foo\n\tblr\n#NO_APP\n\tbl foo\n", "#APP\n # 5 \"f.c\" 1\n\tbl foo\n\tblr\n#NO_APP\n\tbl foo\n\tnop\n");
}

static void ends_well(const char *fmt, const char *dir)
{
	_cleanup_free_ char *command = xasprintf(fmt, dir, dir, dir);

	assert_int_equal(system(command), 0);
}

/* This program, in the place of ksplice-create, as a part of gcc. */
static void the_compiler_calls_it(void **state)
{
	char dir[] = "/tmp/test-carried-as-XXXXXX";
	struct create c = {.ws.assembler = dir, .kernel.cc = (char *)"gcc"};

	assert_non_null(mkdtemp(dir));
	assert_null(carried_as_write(&c));
	ends_well("test $(gcc -B%s/ -print-prog-name=as) = %s/as", dir);
	ends_well("echo 'int f;' | gcc -B%s/ -x c -c - -o %s/f.o && nm %s/f.o | grep -q ' f$'", dir);
	ends_well("echo 'int f;' | gcc -B%s/ -pipe -x c -c - -o %s/f.o && nm %s/f.o | grep -q ' f$'", dir);
	ends_well("rm -r %s", dir);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(call_without_a_nop), cmocka_unit_test(call_with_a_nop), cmocka_unit_test(call_of_the_tracer),
		cmocka_unit_test(no_calls), cmocka_unit_test(inline_statements), cmocka_unit_test(the_compiler_calls_it),
	};

	if (argc > 2 && carried_as_is_main(argv[1]))
		return carried_as_main(argc - 2, argv + 2);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
