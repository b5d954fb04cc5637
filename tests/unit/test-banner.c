// SPDX-License-Identifier: GPL-2.0-or-later
/* banner.h: of banners as distributions have them, and of some that nobody has. */
#include "cmocka-all.h"

#include <string.h>

#include "ksplice-create/banner.h"
#include "ksplice-create/util.h"

#define DEBIAN_6_1                                                                                                            \
	"Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, "     \
	"GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)"
#define DEBIAN_6_12                                                                                                           \
	"Linux version 6.12.117+deb12-cloud-amd64 (debian-kernel@lists.debian.org) (x86_64-linux-gnu-gcc-12 (Debian "         \
	"12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC"
#define UBUNTU                                                                                                                \
	"Linux version 6.1.0-1025-oem (buildd@bos03) (x86_64-linux-gnu-gcc-11 (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0, GNU ld " \
	"(GNU Binutils for Ubuntu) 2.38) #25-Ubuntu SMP PREEMPT_DYNAMIC Tue Oct 17 18:28:44 UTC 2023"
#define MAINLINE "Linux version 6.1.55 (me@here) (gcc (GCC) 13.2.0, GNU ld (GNU Binutils) 2.41) #3 SMP Mon Jan 6.1.7"

static void is(char *found, const char *expected)
{
	if (!expected)
		assert_null(found);
	else
		assert_string_equal(found, expected);
	free(found);
}

static void compiler(void **state)
{
	is(banner_compiler(DEBIAN_6_1), "gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0");
	is(banner_compiler(DEBIAN_6_12), "x86_64-linux-gnu-gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0");
	is(banner_compiler(MAINLINE), "gcc (GCC) 13.2.0");
	is(banner_compiler("Linux version 2.6.0 (me@here) (gcc version 3.2) #1, a day"), NULL);
	is(banner_compiler("Linux version 6.1"), NULL);
	is(banner_compiler(""), NULL);
}

static void version(void **state)
{
	is(banner_version(DEBIAN_6_1, "6.1"), "6.1.192");
	is(banner_version(DEBIAN_6_12, "6.12"), "6.12.117");
	is(banner_version(MAINLINE, "6.1"), "6.1.7");
	is(banner_version("Linux version 6.1.55 (me@here) (gcc, ld) #3 SMP", "6.1"), "6.1.55");
	is(banner_version(UBUNTU, "6.1"), NULL);
	/* Nothing of another series is an answer. */
	is(banner_version(DEBIAN_6_12, "6.1"), NULL);
	is(banner_version(DEBIAN_6_1, "5.10"), NULL);
	is(banner_version("6.1.5", "6.1"), NULL);
	is(banner_version("", "6.1"), NULL);
	is(banner_version("#", "6.1"), NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compiler),
		cmocka_unit_test(version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
