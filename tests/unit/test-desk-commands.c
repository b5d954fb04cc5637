// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of makefiles and Kconfig files that would run something at the desk. */
#include "tests/unit/cmocka-all.h"

#include <stdlib.h>
#include <string.h>

#include "ksplice-create/desk-commands.h"

#define BASE "obj-y += $(shell old)a.o\n\ttouch old\n"

static void found_is(const char *line, bool kconfig, bool found)
{
	char text[512], *what;

	snprintf(text, sizeof(text), "# SPDX\n%s\n" BASE, line);
	what = desk_command(BASE, text, kconfig);
	if (!what != !found)
		fail_msg("%s: %s", line, what ?: "nothing");
	free(what);
	/* It was there. */
	what = desk_command(text, text, kconfig);
	assert_null(what);
	what = desk_command(text, BASE, kconfig);
	assert_null(what);
}

static void test_makefiles(void **state)
{
	static const char *const harmless[] = {
		"", "# $(shell x)", "obj-y += b.o", "obj-$(CONFIG_B) += b.o # why", "a-objs := $(b-objs:.o=.c) ${c} $@ $<", "  obj-y += $(addprefix x/,b.o)",
		"a-y := b.o \\", "ccflags-y := -I$(src)/b -DX=$$x", "AMD_FILES = $(AMD_B)", "ifeq ($(CONFIG_B),y)", "endif", "KVM ?= ../../../virt/kvm",
		"obj-y += $(if $(CONFIG_B),b.o)", "includes-y := b.o", "subdir-y += include",
		"include $(srctree)/$(src)/../jbd2/Makefile", "include $(src)/Makefile.b",
	};
	static const char *const running[] = {
		"obj-y += $(shell touch x)b.o", "obj-y += ${shell touch x}b.o", "obj-y += $(shell\ttouch x)", "obj-y += $(shell \\", "obj-y += $(shell\\",
		"CFLAGS_b.o += $(call cc-option,-x)", "x = $($(S) touch x)", "x := $(if $(B),$(shell touch x))", "$(eval x)", "$(file >x,y)",
		"ifeq ($(shell touch x),)", "x != touch x", "\ttouch x", "include x", "-include x", "  include x", "SHELL = x", "export SHELL := x",
		".SHELLFLAGS = -c 'touch x'", "CC := touch x;", "define x", "load x.so", "  obj-y += $(guile x)", "override CC = x", "x = $(foreach a,b,c)",
		"include /tmp/x/Makefile", "include $(X)/Makefile", "include $(src)/x.mk", "include $(src)/Makefile x",
	};

	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		found_is(harmless[i], false, false);
	for (size_t i = 0; i < ARRAY_SIZE(running); i++)
		found_is(running[i], false, true);
}

static void test_kconfig(void **state)
{
	found_is("config B", true, false);
	found_is("\tdepends on A && B != \"x\"", true, false);
	found_is("source \"fs/b/Kconfig\"", true, false);
	found_is("\tdefault \"$(shell,touch x)\"", true, true);
	found_is("\tdepends on $(cc-option,-x)", true, true);
	found_is("b := $(success,touch x)", true, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_makefiles), cmocka_unit_test(test_kconfig)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
