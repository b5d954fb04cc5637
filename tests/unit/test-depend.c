// SPDX-License-Identifier: GPL-2.0-or-later
/* depend_files(): what kbuild's .cmd files list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ksplice-create/depend.h"
#include "tests/unit/cmocka-all.h"

/* The files that a .cmd file with this text lists, each behind a blank; NULL: it is refused. */
static char *files_of(const char *text)
{
	char path[] = "/tmp/test-depend-XXXXXX";
	_cleanup_strv_ struct strv files = STRV_INIT;
	struct str list = STR_INIT;
	struct error *err;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	err = depend_files(path, &files);
	unlink(path);
	str_add(&list, "", 0);
	for (size_t i = 0; i < files.n; i++)
		str_addf(&list, " %s", files.v[i]);
	if (!err)
		return list.s;
	error_free(err);
	str_free(&list);
	return NULL;
}

static void assert_files(const char *text, const char *files)
{
	_cleanup_free_ char *found = files_of(text);

	assert_non_null(found);
	assert_string_equal(found, files);
}

/* Of Linux 6.1, arch/x86/entry/vdso: made by fixdep; and by objcopy, for CONFIG_X86_X32_ABI. */
static void test_lists(void **state)
{
	(void)state;
	assert_files("cmd_a/vgetcpu.o := gcc -c -o a/vgetcpu.o /t/a/vgetcpu.c\n\nsource_a/vgetcpu.o := /t/a/vgetcpu.c\n\n"
		     "deps_a/vgetcpu.o := \\\n    $(wildcard include/config/SMP) \\\n  /t/include/linux/kconfig.h \\\n  include/generated/autoconf.h \\\n\n"
		     "a/vgetcpu.o: $(deps_a/vgetcpu.o)\n\n$(deps_a/vgetcpu.o):\n",
		     " /t/a/vgetcpu.c /t/include/linux/kconfig.h include/generated/autoconf.h");
	assert_files("deps_config := \\\n\tKconfig \\\n\tinit/Kconfig\n\ninclude/config/auto.conf: $(deps_config)\n", " Kconfig init/Kconfig");
}

static void test_made_of_objects(void **state)
{
	(void)state;
	assert_files("cmd_arch/x86/entry/vdso/vclock_gettime-x32.o := objcopy -O elf32-x86-64 arch/x86/entry/vdso/vclock_gettime.o "
		     "arch/x86/entry/vdso/vclock_gettime-x32.o\n", "");
	assert_files("savedcmd_a/b.o := ld -r -o a/b.o a/c.o\n", "");
}

static void test_cut_off(void **state)
{
	(void)state;
	assert_null(files_of(""));
	assert_null(files_of("a/b.o: c.h\n"));
	assert_null(files_of("savedcmd_a/b.o := ld -r -o a/b.o a/c"));
	assert_null(files_of("cmd_a/vgetcpu.o := gcc -Wp,-MMD,a/.vgetcpu.o.d -c -o a/vgetcpu.o /t/a/vgetcpu.c\n"));
	assert_null(files_of("cmd_a/vgetcpu.o := gcc -c -o a/vgetcpu.o /t/a/vgetcpu.c\n\nsource_a/vgetcpu.o := /t/a/vgetcpu.c\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_made_of_objects),
		cmocka_unit_test(test_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
