// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/kbuild-lists.h"

#include <string.h>

#include "ksplice-create/tree.h"

/*
 * How units are built: by kbuild's own makefiles and from directory to directory as kbuild itself goes, since
 * directories hand flags down (subdir-ccflags-y).  But not by its single targets ("make arch/x86/pci/fixup.o"): these
 * compile a file that no list has, and go every way that leads to a file: arch/x86/pci/ is reached from the top and lies
 * below arch/x86/, so two makes would compile into one object at a time, one of them with flags that the kernel's build
 * does not use.
 *
 * units.mk is read behind the tree's Makefile, so that all variables are there; descend.mk behind
 * scripts/Makefile.build, once for each directory: it compiles what this directory's lists have, and hands the rest to
 * the directories below, to the one with the longest name where several fit (subdir-ym is sorted).  A unit that no list
 * has is not compiled.  fs/xfs/Makefile also has libxfs/xfs_alloc.o.  Where the way begins, the top Kbuild says since
 * v6.1, and build-dirs before.
 */
static const char units_mk[] =
	"include $(ksplice-list)\n"
	/* As stack_protector_prepare in arch/powerpc/Makefile does, which is a part of "make prepare" and would begin with all of that. */
	"ifeq ($(SRCARCH)$(CONFIG_STACKPROTECTOR),powerpcy)\n"
	"KBUILD_CFLAGS += -mstack-protector-guard-offset=$(shell awk '$$2 == \"$(if $(CONFIG_PPC64),PACA_CANARY,TASK_CANARY)\" "
	"{ print $$3 }' include/generated/asm-offsets.h)\n"
	"endif\n"
	"ksplice-top := $(or $(filter-out $(build-dir),$(build-dirs)),.)\n"
	"ksplice-of = $(if $(filter .,$(1)),$(ksplice-units),$(filter $(1)/%,$(ksplice-units)))\n"
	"ksplice-top := $(foreach d,$(ksplice-top),$(if $(call ksplice-of,$(d)),$(d)))\n"
	"ksplice-part-of = $(ksplice-list)-$(subst /,~,$(1))\n"
	"PHONY += ksplice-build $(addprefix ksplice-in-,$(ksplice-top))\n"
	"ksplice-build: $(addprefix ksplice-in-,$(ksplice-top))\n"
	"$(addprefix ksplice-in-,$(ksplice-top)): ksplice-in-%:\n"
	"\t$(file >$(call ksplice-part-of,$*),ksplice-units := $(call ksplice-of,$*))"
	"$(Q)$(MAKE) -f $(srctree)/scripts/Makefile.build -f $(ksplice-descend) obj=$* need-builtin=1 need-modorder=1 \\\n"
	"\t\tksplice-part=$(call ksplice-part-of,$*) ksplice-build\n"
	".PHONY: $(PHONY)\n";

/* What is made of a unit: the object, or, of those in ksplice-i and ksplice-s, preprocessed C and assembler. */
static const char descend_mk[] =
	"include $(ksplice-list) $(ksplice-part)\n"
	/* Objects of assembler files are not told which module they belong to: scripts/Makefile.lib has it for C only. */
	"a_flags += $(modname_flags)\n"
	"ksplice-here := $(filter $(ksplice-units),$(real-obj-y) $(real-obj-m) $(lib-y) $(extra-y))\n"
	"ksplice-made := $(filter-out $(ksplice-i) $(ksplice-s),$(ksplice-here)) \\\n"
	"\t$(patsubst %.o,%.i,$(filter $(ksplice-i),$(ksplice-here))) \\\n"
	"\t$(patsubst %.o,%.s,$(filter $(ksplice-s),$(ksplice-here)))\n"
	/*
	 * What preprocessed ones were made from is of no use, and in the way of a later run that looks for what kbuild makes from a
	 * file.  fixdep would also end it all where the compiler failed and so left it no list (an #include of
	 * security/apparmor/capability_names.h, which kbuild makes for the object alone).
	 */
	"ifneq ($(filter %.i %.s,$(ksplice-made)),)\n"
	"$(filter %.i %.s,$(ksplice-made)): private cmd_and_fixdep = $(cmd)\n"
	"endif\n"
	"ksplice-rest := $(filter-out $(ksplice-here),$(ksplice-units))\n"
	"ksplice-dir-of = $(lastword $(foreach d,$(subdir-ym),$(if $(filter $(d)/%,$(1)),$(d))))\n"
	"ksplice-of = $(foreach u,$(ksplice-rest),$(if $(filter $(1),$(call ksplice-dir-of,$(u))),$(u)))\n"
	"ksplice-below := $(sort $(foreach u,$(ksplice-rest),$(call ksplice-dir-of,$(u))))\n"
	"ksplice-part-of = $(ksplice-list)-$(subst /,~,$(1))\n"
	"PHONY += ksplice-build $(addprefix ksplice-in-,$(ksplice-below))\n"
	"ksplice-build: $(ksplice-made) $(addprefix ksplice-in-,$(ksplice-below))\n"
	"\t@:\n"
	"$(addprefix ksplice-in-,$(ksplice-below)): ksplice-in-%:\n"
	"\t$(file >$(call ksplice-part-of,$*),ksplice-units := $(call ksplice-of,$*))"
	"$(Q)$(MAKE) -f $(srctree)/scripts/Makefile.build -f $(ksplice-descend) obj=$* need-builtin=1 need-modorder=1 \\\n"
	"\t\tksplice-part=$(call ksplice-part-of,$*) ksplice-build\n"
	".PHONY: $(PHONY)\n";

static void add_list(struct str *text, const char *name, const struct strv *words)
{
	str_addf(text, "%s :=", name);
	for (size_t i = 0; i < words->n; i++)
		str_addf(text, " %s", words->v[i]);
	str_add(text, "\n", 1);
}

/* The lists of a few thousand units do not fit in a command line: they go through files in @lists. */
struct error *kbuild_write_lists(struct create *c, const char *lists, const struct strv *objects, const struct strv *c_units,
				 const struct strv *asm_units)
{
	_cleanup_free_ char *top = xasprintf("%s/units.mk", c->ws.dir), *below = xasprintf("%s/descend.mk", c->ws.dir);
	_cleanup_free_ char *list = xasprintf("%s/all", lists);
	_cleanup_strv_ struct strv all = STRV_INIT;
	_cleanup_str_ struct str text = STR_INIT;
	const struct strv *const parts[] = {objects, c_units, asm_units};
	struct error *err = tree_empty(lists);

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		for (size_t k = 0; parts[i] && k < parts[i]->n; k++)
			strv_add(&all, parts[i]->v[k]);
	/* The parts that a directory gets replace ksplice-units, and only that. */
	add_list(&text, "ksplice-units", &all);
	if (c_units)
		add_list(&text, "ksplice-i", c_units);
	if (asm_units)
		add_list(&text, "ksplice-s", asm_units);
	err = err ?: tree_write(list, text.s, text.len);
	err = err ?: tree_write(top, units_mk, strlen(units_mk));
	return err ?: tree_write(below, descend_mk, strlen(descend_mk));
}
