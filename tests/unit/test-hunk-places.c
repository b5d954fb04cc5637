// SPDX-License-Identifier: GPL-2.0-or-later
/* Hunks that fit at several places of a source. */
#include "tests/unit/cmocka-all.h"

#include "ksplice-create/hunk-places.h"

#define FUNCTION(name) "int " name "(void)\n{\n\tif (x)\n\t\treturn 1;\n\n\treturn 0;\n}\n"

static const char source[] = FUNCTION("f") FUNCTION("g") FUNCTION("h");
static const char diff[] = "Words.\n"
			   "--- a/fs/other.c\n+++ b/fs/other.c\n@@ -1,1 +1,1 @@\n-x\n+y\n"
			   "--- a/fs/x.c\t2020-01-01\n+++ b/fs/x.c\t2020-01-01\n"
			   "@@ -3,3 +3,3 @@ int f(void)\n \tif (x)\n-\t\treturn 1;\n+\t\treturn 2;\n\n"
			   "@@ -8,2 +8,3 @@\n int g(void)\n {\n+\tx();\n"
			   "--- a/fs/x.c\n+++ b/fs/x.c\n@@ -1,2 +1,2 @@\n-int h(void)\n+int i(void)\n {\n-- \n2.39\n";

static void test_places(void **state)
{
	assert_int_equal(hunk_places(diff, "fs/x.c", 0, 1, '-', source), 3);
	assert_int_equal(hunk_places(diff, "fs/x.c", 0, 2, '-', source), 1);
	assert_int_equal(hunk_places(diff, "fs/x.c", 0, 3, '-', source), 0);
	assert_int_equal(hunk_places(diff, "fs/x.c", 1, 1, '-', source), 1);
	assert_int_equal(hunk_places(diff, "fs/x.c", 1, 1, '+', source), 0);
	assert_int_equal(hunk_places(diff, "x.c", 0, 1, '+', source), 0);
	assert_int_equal(hunk_places(diff, "s/x.c", 0, 1, '-', source), 0);
	assert_int_equal(hunk_places("", "fs/x.c", 0, 1, '-', source), 0);
}

static void test_moved(void **state)
{
	assert_int_equal(hunk_moved("Hunk #2 succeeded at 31 (offset 5 lines).\n"), 2);
	assert_int_equal(hunk_moved("Hunk #12 succeeded at 31 with fuzz 1 (offset -1 line).\n"), 12);
	assert_int_equal(hunk_moved("Hunk #2 succeeded at 31 with fuzz 2.\nHunk #3 succeeded at 31 (offset 5 lines).\n"), 0);
	assert_int_equal(hunk_moved("patching file x.c\n"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_places), cmocka_unit_test(test_moved)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
