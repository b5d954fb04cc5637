// SPDX-License-Identifier: GPL-2.0-or-later
/* number_macros_shifted(): lists of macros whose numbers moved from one name to another. */
#include <string.h>

#include "ksplice-create/number-macros.h"
#include "tests/unit/cmocka-all.h"

/* "CF: CONNECTED ..., GF: ...", or "". Owned by the caller. */
static char *shifted(const char *pre, const char *post)
{
	_cleanup_strv_ struct strv lists = STRV_INIT, what = STRV_INIT;
	struct str text = STR_INIT;

	str_add(&text, "", 0);
	number_macros_shifted(pre, post, &lists, &what);
	for (size_t i = 0; i < lists.n; i++)
		str_addf(&text, "%s%s: %s", i ? "; " : "", lists.v[i], what.v[i]);
	return text.s;
}

static void test_shifted(void **state)
{
	static const struct {
		const char *pre, *post, *what;
	} cases[] = {
		/* fs/dlm/lowcomms.c, 6.1.192; a comment parts nothing. */
		{"#define CF_SHUTDOWN 9\n#define CF_CONNECTED 10 /* up */\n/* down */\n\n#define CF_RECONNECT 11\n",
		 "#define CF_CONNECTED 9\n#define CF_RECONNECT 10\n", "CF: CF_CONNECTED becomes 9, was 10, which CF_RECONNECT is now"},
		{"#define F_A BIT(0)\n#define F_B BIT(1)\n", "#define F_NEW\tBIT(1)\n#define F_A BIT(0)\n#define F_B BIT(2)\n",
		 "F: F_B becomes 4, was 2, which F_NEW is now"},
		{"#define F_A 1\n#define F_B (1 << 1)\n", "#define F_A 0x2u\n#define F_B 1\n", "F: F_A becomes 2, was 1, which F_B is now"},
		{"#define __F_A 1\n# define __F_B 2\n#define G_A 1\n#define G_B 2\n", "#define __F_A 2\n# define __F_B 1\n#define G_A 2\n#define G_B 1\n",
		 "__F: __F_A becomes 2, was 1, which __F_B is now; G: G_A becomes 2, was 1, which G_B is now"},
		/* A new one at the end, and mere numbers. */
		{"#define F_A 1\n#define F_B 2\n", "#define F_A 1\n#define F_B 2\n#define F_C 4\n", ""},
		{"#define F_SIZE 16\n#define F_DELAY 2\n", "#define F_SIZE 32\n#define F_DELAY 2\n", ""},
		{"#define F_SIZE 16\n#define F_DELAY 2\n", "#define F_SIZE 32\n#define F_DELAY 3\n", ""},
		/* Of another list, or with another name. */
		{"#define F_SIZE 16\nint x;\n#define F_DELAY 2\n", "#define F_SIZE 32\nint x;\n#define F_DELAY 16\n", ""},
		{"#define F_SIZE 16\n#define G_DELAY 2\n", "#define F_SIZE 32\n#define G_DELAY 16\n", ""},
		/* It had that number before. */
		{"#define F_A 1\n#define F_B 1\n", "#define F_A 2\n#define F_B 1\n", ""},
		/* No numbers, or of which it is not known which counts. */
		{"#define F_A x\n#define F_B 2\n", "#define F_A 2\n#define F_B x\n", ""},
		{"#define F_A 1\n#define F_B \\\n2\n", "#define F_A \\\n2\n#define F_B 1\n", ""},
		{"#define F_A(x) 1\n#define F_B 2\n#define F_C\n", "#define F_A(x) 2\n#define F_B 1\n#define F_C\n", ""},
		{"#define F_A 1\n#define F_A 2\n#define F_B 3\n", "#define F_A 3\n#define F_A 2\n#define F_B 1\n", ""},
		{"#define F_A BIT(64)\n#define F_B BIT(-1)\n#define F_", "#define F_A 1\n#define F_B 2\n#define", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *what = shifted(cases[i].pre, cases[i].post);

		if (strcmp(what, cases[i].what))
			fail_msg("%s ->\n%s: %s", cases[i].pre, cases[i].post, what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shifted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
