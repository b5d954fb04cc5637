// SPDX-License-Identifier: GPL-2.0-or-later
/* Nops behind calls in what the compiler wrote. */
#include "cmocka-all.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(call_without_a_nop), cmocka_unit_test(call_with_a_nop), cmocka_unit_test(call_of_the_tracer),
		cmocka_unit_test(no_calls), cmocka_unit_test(inline_statements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
