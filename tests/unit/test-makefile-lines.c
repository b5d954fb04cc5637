// SPDX-License-Identifier: GPL-2.0-or-later
/* Which hunks of makefiles kbuild's answers about units show, and which it keeps to itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h needs those before it */
#include <cmocka.h>

#include "ksplice-create/makefile-lines.h"
#include "ksplice-create/util.h"

#define BASE "obj-y += a.o\n"

/* @line comes, and goes: NULL: that is seen; else what is not. */
static void unseen_is(const char *line, const char *expected)
{
	char with[512], *found;

	snprintf(with, sizeof(with), "# SPDX\n%s" BASE, line);
	for (int i = 0; i < 2; i++) {
		found = i ? makefile_unseen_line(with, BASE) : makefile_unseen_line(BASE, with);
		if (!found != !expected || (found && strcmp(found, expected)))
			fail_msg("%s: %s", line, found ?: "seen");
		free(found);
	}
}

static void test_seen(void **state)
{
	static const char *const lines[] = {
		"", "# a comment\n", "\n\n", "obj-y += b.o\n", "obj-$(CONFIG_B)\t+= b.o c.o dir/\n", "a-objs := b.o \\\n\tc.o \\\n\td.o\n",
		"a-$(CONFIG_B) += $(b-objs) $(addprefix x/,c.o d.o)\n", "B = b.o c.o\n", "AMD_FILES += $(AMD_B)\n", "lib-y := b.o # why\n",
		"ifdef CONFIG_B\nobj-y += b.o\nelse\nobj-m += b.o\nendif\n", "ifeq ($(CONFIG_B),y)\nendif\n", "ccflags-y := -Werror -I$(src)/b\n",
		"CFLAGS_b.o += $(call cc-option,-Wframe-larger-than=1536)\n", "CFLAGS_REMOVE_b.o = -pg\n", "KCOV_INSTRUMENT_b.o := n\n",
		"  obj-y   +=   b.o\n",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		unseen_is(lines[i], NULL);
	/* The same in other words. */
	assert_null(makefile_unseen_line("x: y\n\tcmd # 1\n", "x:   y\n\tcmd\n# new\n"));
	assert_null(makefile_unseen_line("hostprogs := \\\n\tb\n", "hostprogs := b\n"));
}

static void test_unseen(void **state)
{
	unseen_is("generic-y += b.h\n", "generic-y += b.h");
	unseen_is("hostprogs += b\n", "hostprogs += b");
	unseen_is("always-y := b.o\n", "always-y := b.o");
	unseen_is("targets += b.o\n", "targets += b.o");
	unseen_is("ldflags-y += -T b.lds\n", "ldflags-y += -T b.lds");
	unseen_is("OBJECT_FILES_NON_STANDARD_b.o := y\n", "OBJECT_FILES_NON_STANDARD_b.o := y");
	unseen_is("CPPFLAGS_vmlinux.lds += -DB\n", "CPPFLAGS_vmlinux.lds += -DB");
	unseen_is("$(obj)/a.o: $(obj)/b.h\n", "$(obj)/a.o: $(obj)/b.h");
	unseen_is("$(obj)/a.o: KBUILD_CFLAGS = -O3\n", "$(obj)/a.o: KBUILD_CFLAGS = -O3");
	unseen_is("\t$(call if_changed,b)\n", "$(call if_changed,b)");
	unseen_is("cmd_b = b $< \\\n\t> $@\n", "cmd_b = b $< > $@");
	unseen_is("include b.mk\n", "include b.mk");
	unseen_is("export B\n", "export B");
	unseen_is("B := $(shell b) c\n", "B := $(shell b) c");
	unseen_is("obj-y += b.o \\\n", "obj-y += b.o obj-y += a.o");
	/* No lists, though they look like some. */
	unseen_is("OBJECT_FILES_NON_STANDARD_b.o := $(CONFIG_B)\n", "OBJECT_FILES_NON_STANDARD_b.o := $(CONFIG_B)");
	unseen_is("cmd_b = $(if $(B),$(call cmd_c))\n", "cmd_b = $(if $(B),$(call cmd_c))");
	unseen_is("KBUILD_LDFLAGS := $(filter-out -b,$(KBUILD_LDFLAGS))\n", "KBUILD_LDFLAGS := $(filter-out -b,$(KBUILD_LDFLAGS))");
}

static void moved_is(const char *old, const char *new, const char *expected)
{
	_cleanup_free_ char *there = makefile_unseen_line(old, new), *back = makefile_unseen_line(new, old);

	if (!there != !expected || !back != !expected || (expected && (strcmp(there, expected) || strcmp(back, expected))))
		fail_msg("%s to %s: %s, %s", old, new, there ?: "seen", back ?: "seen");
}

/* The line stays; when it is read does not. */
static void test_moved(void **state)
{
	static const char line[] = "OBJECT_FILES_NON_STANDARD_b.o := y";

	moved_is("OBJECT_FILES_NON_STANDARD_b.o := y\n", "ifdef B\nOBJECT_FILES_NON_STANDARD_b.o := y\nendif\n", line);
	moved_is("ifdef B\nOBJECT_FILES_NON_STANDARD_b.o := y\nendif\n", "ifdef C\nOBJECT_FILES_NON_STANDARD_b.o := y\nendif\n", line);
	moved_is("ifdef B\nOBJECT_FILES_NON_STANDARD_b.o := y\nendif\n", "ifdef B\nelse\nOBJECT_FILES_NON_STANDARD_b.o := y\nendif\n", line);
	moved_is("ifdef B\nOBJECT_FILES_NON_STANDARD_b.o := y\nendif\n", "ifdef B\nendif\nOBJECT_FILES_NON_STANDARD_b.o := y\n", line);
	moved_is("ifdef B\nifdef C\nendif\n%: b\nendif\n", "ifdef B\nendif\n%: b\n", "%: b");
	moved_is("ifdef B\n%: b\nelse\n%: b\nendif\n", "ifdef B\n%: b\nendif\n", "%: b");
	moved_is("%: b\n%: b\n", "%: b\n", "%: b");
	/* What is seen may come and go around it, and at its place under the same conditions. */
	moved_is("ifdef B\n%: b\nendif\n", "ifdef C\nobj-y += c.o\nendif\nifdef B\nobj-y += b.o\n%: b\nelse\nobj-y += c.o\nendif\n", NULL);
	/* Nothing is read under conditions that never began, nor without their end. */
	moved_is("endif\nelse\n%: b\n", "%: b\n", NULL);
	moved_is("ifdef B\nelse ifdef C\n%: b\n", "ifdef B\n%: b\n", "%: b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seen),
		cmocka_unit_test(test_unseen),
		cmocka_unit_test(test_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
