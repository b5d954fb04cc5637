// SPDX-License-Identifier: GPL-2.0-or-later
/* The version of a distribution's package, where a kernel's headers and its banner have it. */
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/package-id.h"
#include "tests/unit/cmocka-all.h"

static void is(bool found, char **distributor, char **version, const char *expected)
{
	char got[128] = "";

	if (found)
		snprintf(got, sizeof(got), "%s %s", *distributor, *version);
	assert_string_equal(got, expected);
	free(*distributor);
	free(*version);
	*distributor = *version = NULL;
}

static void test_headers(void **state)
{
	char *d = NULL, *v = NULL;

	is(package_id_of_header("#define LINUX_PACKAGE_ID \" Debian 6.1.187-1\"\n", &d, &v), &d, &v, "Debian 6.1.187-1");
	is(package_id_of_header("#define LINUX_PACKAGE_ID \" Debian 6.12.117-1~deb12u1\"\n", &d, &v), &d, &v, "Debian 6.12.117-1~deb12u1");
	is(package_id_of_header("#define LINUX_PACKAGE_ID \"\"\n", &d, &v), &d, &v, "");
	is(package_id_of_header("#define LINUX_PACKAGE_ID \" Debian\"\n", &d, &v), &d, &v, "");
	is(package_id_of_header("#define LINUX_PACKAGE_ID \" Debian $(reboot)\"\n", &d, &v), &d, &v, "");
	is(package_id_of_header("#define LINUX_PACKAGE_ID \" Debian 6.1.187-1", &d, &v), &d, &v, "");
	is(package_id_of_header("", &d, &v), &d, &v, "");
}

static void test_banner(void **state)
{
	char *d = NULL, *v = NULL;

	is(package_id_of_banner("Linux version 6.1.0-53-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld "
				"(GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.187-1 (2026-09-07)", &d, &v), &d, &v, "Debian 6.1.187-1");
	/* One of no package. */
	is(package_id_of_banner("Linux version 6.1.187 (me@here) (gcc (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) "
				"#1 SMP PREEMPT_DYNAMIC Mon Sep  7 10:00:00 UTC 2026", &d, &v), &d, &v, "");
	is(package_id_of_banner("Linux version 6.1.187 (2026-09-07)", &d, &v), &d, &v, "");
	is(package_id_of_banner("Linux version 6.1 #1 (2026-09-07)", &d, &v), &d, &v, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_banner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
