# SPDX-License-Identifier: GPL-2.0-or-later
# Scripts and their data; what is in these directories goes along whole.
EXTRA_DIST += .ci/run demo tests/apply tests/bench tests/corpus tests/create tests/diff tests/dist tests/fresh-machine tests/fuzz \
	tests/kernel tests/lib tests/long tests/match tests/run tests/vm
# ... but what a build left beside them, as directories of the build tree are taken too.
dist-hook:
	find $(distdir)/tests \( -name '*.log' -o -name '*.trs' -o -name '*.pyc' \) -exec rm -f {} +

# Objects under test are compiled at check time, as kbuild compiles kernel code.
SAMPLE_CFLAGS = -O2 -std=gnu11 -ffunction-sections -fdata-sections -fno-stack-protector -fcf-protection=none -fno-pic \
	-mcmodel=kernel -fno-asynchronous-unwind-tables
tests/unit/sample.kernel.o: tests/unit/sample.c
	@$(MKDIR_P) tests/unit
	$(AM_V_CC)$(CC) $(SAMPLE_CFLAGS) -c -o $@ $<
CLEANFILES += tests/unit/sample.kernel.o
EXTRA_DIST += tests/unit/sample.c

check_PROGRAMS += tests/unit/test-objmanip-elf
TESTS += tests/unit/test-objmanip-elf
tests_unit_test_objmanip_elf_SOURCES = tests/unit/test-objmanip-elf.c
tests_unit_test_objmanip_elf_CPPFLAGS = $(AM_CPPFLAGS) -DSAMPLE_OBJECT='"tests/unit/sample.kernel.o"'
tests_unit_test_objmanip_elf_LDADD = $(OBJMANIP_LIBS) -lcmocka
EXTRA_tests_unit_test_objmanip_elf_DEPENDENCIES = tests/unit/sample.kernel.o

# The matcher. test-runpre-*: bytes in, verdicts out; match-builder makes the match data, match-kernel what they are of.
MATCH_BUILDER = tests/unit/match-builder.c tests/unit/match-builder.h
MATCH_KERNEL = tests/unit/match-kernel.c tests/unit/match-kernel.h $(MATCH_BUILDER)
RUNPRE_TESTS = tests/unit/test-runpre-check tests/unit/test-runpre-match tests/unit/test-runpre-ppc64le tests/unit/test-runpre-resolve
check_PROGRAMS += $(RUNPRE_TESTS)
TESTS += $(RUNPRE_TESTS)
tests_unit_test_runpre_check_SOURCES = tests/unit/test-runpre-check.c $(MATCH_BUILDER)
tests_unit_test_runpre_check_LDADD = $(RUNPRE_LIBS) -lcmocka
tests_unit_test_runpre_match_SOURCES = tests/unit/test-runpre-match.c $(MATCH_BUILDER)
tests_unit_test_runpre_match_LDADD = $(RUNPRE_LIBS) -lcmocka
tests_unit_test_runpre_ppc64le_SOURCES = tests/unit/test-runpre-ppc64le.c $(MATCH_KERNEL)
tests_unit_test_runpre_ppc64le_LDADD = $(RUNPRE_LIBS) -lcmocka
tests_unit_test_runpre_resolve_SOURCES = tests/unit/test-runpre-resolve.c $(MATCH_KERNEL)
tests_unit_test_runpre_resolve_LDADD = $(RUNPRE_LIBS) -lcmocka

check_PROGRAMS += tests/unit/test-match-show tests/unit/test-image tests/unit/test-offline
TESTS += tests/unit/test-match-show tests/unit/test-image tests/unit/test-offline
tests_unit_test_match_show_SOURCES = tests/unit/test-match-show.c $(MATCH_BUILDER)
tests_unit_test_match_show_LDADD = $(OBJMANIP_LIBS) $(RUNPRE_LIBS) $(JSON_LIBS) -lcmocka
IMAGE_BUILDER = tests/unit/image-builder.c tests/unit/image-builder.h \
	ksplice-create/elf-file.c ksplice-create/elf-file.h \
	ksplice-create/image-exports.c \
	ksplice-create/image-symbols.c ksplice-create/image-symbols.h \
	ksplice-create/image.c ksplice-create/image.h \
	ksplice-create/kallsyms-tables.c ksplice-create/kallsyms-tables.h \
	ksplice-create/kallsyms.c ksplice-create/kallsyms.h \
	ksplice-create/memory-dump.c ksplice-create/memory-dump.h \
	ksplice-create/regions.c ksplice-create/regions.h \
	ksplice-create/seals.c ksplice-create/seals.h \
	ksplice-create/symbol-index.c ksplice-create/symbol-index.h \
	ksplice-create/vmlinuz.c ksplice-create/vmlinuz.h
tests_unit_test_image_SOURCES = tests/unit/test-image.c $(IMAGE_BUILDER) $(KALLSYMS_BUILDER) $(VMLINUZ_BUILDER)
tests_unit_test_image_LDADD = $(COMMON_LIBS) $(ARCHIVE_LIBS) -lcmocka
tests_unit_test_offline_SOURCES = tests/unit/test-offline.c ksplice-create/offline.c ksplice-create/offline.h \
	$(KERNEL_MEMORY) $(IMAGE_BUILDER) $(MATCH_BUILDER)
tests_unit_test_offline_LDADD = $(OBJMANIP_LIBS) $(RUNPRE_LIBS) $(COMMON_LIBS) $(ARCHIVE_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-evidence
TESTS += tests/unit/test-evidence
tests_unit_test_evidence_SOURCES = tests/unit/test-evidence.c tests/unit/cmocka-all.h ksplice-create/evidence.c \
	ksplice-create/evidence.h ksplice-create/offline.c ksplice-create/offline.h $(KERNEL_MEMORY) $(IMAGE_BUILDER) \
	$(MATCH_BUILDER)
tests_unit_test_evidence_LDADD = $(OBJMANIP_LIBS) $(RUNPRE_LIBS) $(COMMON_LIBS) $(ARCHIVE_LIBS) -lcmocka
KALLSYMS_BUILDER = tests/unit/kallsyms-builder.c tests/unit/kallsyms-builder.h
VMLINUZ_BUILDER = tests/unit/vmlinuz-builder.c tests/unit/vmlinuz-builder.h
check_PROGRAMS += tests/unit/test-vmlinuz
TESTS += tests/unit/test-vmlinuz
tests_unit_test_vmlinuz_SOURCES = tests/unit/test-vmlinuz.c $(VMLINUZ_BUILDER) tests/unit/cmocka-all.h \
	ksplice-create/vmlinuz.c ksplice-create/vmlinuz.h
tests_unit_test_vmlinuz_LDADD = $(COMMON_LIBS) $(ARCHIVE_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-kallsyms
TESTS += tests/unit/test-kallsyms
tests_unit_test_kallsyms_SOURCES = tests/unit/test-kallsyms.c $(KALLSYMS_BUILDER) tests/unit/cmocka-all.h \
	ksplice-create/kallsyms-tables.c ksplice-create/kallsyms-tables.h ksplice-create/kallsyms.c ksplice-create/kallsyms.h
tests_unit_test_kallsyms_LDADD = $(COMMON_LIBS) -lcmocka
DUMP_BUILDER = tests/unit/dump-builder.c tests/unit/dump-builder.h $(KALLSYMS_BUILDER)
check_PROGRAMS += tests/unit/test-memory-dump
TESTS += tests/unit/test-memory-dump
tests_unit_test_memory_dump_SOURCES = tests/unit/test-memory-dump.c tests/unit/cmocka-all.h $(DUMP_BUILDER) $(IMAGE_BUILDER)
tests_unit_test_memory_dump_LDADD = $(COMMON_LIBS) $(ARCHIVE_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-declarations
TESTS += tests/unit/test-declarations
tests_unit_test_declarations_SOURCES = tests/unit/test-declarations.c ksplice-create/declarations.c \
	ksplice-create/declarations.h ksplice-create/directives.c ksplice-create/directives.h ksplice-create/c-pointers.c ksplice-create/c-reader.c ksplice-create/c-source.c ksplice-create/c-source.h \
	ksplice-create/c-tokens.c ksplice-create/c-tokens.h ksplice-create/c-usage.c ksplice-create/source-types.c \
	ksplice-create/source-callers.c ksplice-create/source-callers.h ksplice-create/packing.c ksplice-create/packing.h \
	ksplice-create/source-types.h ksplice-create/enumerators.c ksplice-create/enumerators.h ksplice-create/array-lengths.c ksplice-create/array-lengths.h \
	ksplice-create/source-variables.c ksplice-create/source-variables.h ksplice-create/util.c \
	ksplice-create/strmap.c ksplice-create/strmap.h ksplice-create/layout-text.c ksplice-create/layout-text.h \
	ksplice-create/prototype-text.c ksplice-create/prototype-text.h ksplice-create/tree.c ksplice-create/tree.h \
	ksplice-create/used-names.c ksplice-create/used-names.h
tests_unit_test_declarations_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-changed-names
TESTS += tests/unit/test-changed-names
tests_unit_test_changed_names_SOURCES = tests/unit/test-changed-names.c tests/unit/cmocka-all.h ksplice-create/changed-names.c \
	ksplice-create/changed-names.h ksplice-create/used-names.c ksplice-create/used-names.h ksplice-create/c-pointers.c ksplice-create/c-reader.c \
	ksplice-create/c-source.c ksplice-create/c-source.h ksplice-create/c-tokens.c ksplice-create/c-tokens.h ksplice-create/c-usage.c \
	ksplice-create/declaring-macros.c ksplice-create/declaring-macros.h ksplice-create/directives.c ksplice-create/directives.h ksplice-create/stripped.c ksplice-create/stripped.h \
	ksplice-create/tree.c ksplice-create/tree.h ksplice-create/util.c ksplice-create/util.h
tests_unit_test_changed_names_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-computed-includes
TESTS += tests/unit/test-computed-includes
tests_unit_test_computed_includes_SOURCES = tests/unit/test-computed-includes.c tests/unit/cmocka-all.h \
	ksplice-create/computed-includes.c ksplice-create/computed-includes.h ksplice-create/directives.c ksplice-create/directives.h \
	ksplice-create/strmap.c ksplice-create/strmap.h ksplice-create/tree.c ksplice-create/tree.h ksplice-create/util.c ksplice-create/util.h
tests_unit_test_computed_includes_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-new-macros
TESTS += tests/unit/test-new-macros
tests_unit_test_new_macros_SOURCES = tests/unit/test-new-macros.c tests/unit/cmocka-all.h ksplice-create/new-macros.c ksplice-create/new-macros.h \
	ksplice-create/c-tokens.c ksplice-create/c-tokens.h ksplice-create/directives.c ksplice-create/directives.h ksplice-create/stripped.c \
	ksplice-create/stripped.h ksplice-create/util.c ksplice-create/util.h
tests_unit_test_new_macros_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-depend
TESTS += tests/unit/test-depend
tests_unit_test_depend_SOURCES = tests/unit/test-depend.c tests/unit/cmocka-all.h ksplice-create/depend.c ksplice-create/depend.h \
	ksplice-create/tree.c ksplice-create/tree.h ksplice-create/util.c ksplice-create/util.h
tests_unit_test_depend_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-number-macros
TESTS += tests/unit/test-number-macros
tests_unit_test_number_macros_SOURCES = tests/unit/test-number-macros.c tests/unit/cmocka-all.h ksplice-create/number-macros.c \
	ksplice-create/number-macros.h ksplice-create/enumerators.c ksplice-create/enumerators.h ksplice-create/array-lengths.c ksplice-create/array-lengths.h ksplice-create/layout-text.c \
	ksplice-create/layout-text.h ksplice-create/c-tokens.c ksplice-create/c-tokens.h ksplice-create/strmap.c ksplice-create/strmap.h \
	ksplice-create/tree.c ksplice-create/tree.h ksplice-create/util.c ksplice-create/util.h
tests_unit_test_number_macros_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-package-id
TESTS += tests/unit/test-package-id
tests_unit_test_package_id_SOURCES = tests/unit/test-package-id.c tests/unit/cmocka-all.h ksplice-create/package-id.c \
	ksplice-create/package-id.h ksplice-create/tree.c ksplice-create/tree.h ksplice-create/util.c ksplice-create/util.h
tests_unit_test_package_id_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-renamed-members
TESTS += tests/unit/test-renamed-members
tests_unit_test_renamed_members_SOURCES = tests/unit/test-renamed-members.c tests/unit/cmocka-all.h \
	ksplice-create/renamed-members.c ksplice-create/renamed-members.h ksplice-create/c-tokens.c ksplice-create/c-tokens.h \
	ksplice-create/util.c ksplice-create/util.h
tests_unit_test_renamed_members_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-align
TESTS += tests/unit/test-align
tests_unit_test_align_SOURCES = tests/unit/test-align.c tests/unit/cmocka-all.h ksplice-create/align.c ksplice-create/align.h \
	ksplice-create/util.c ksplice-create/util.h
tests_unit_test_align_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-carried-as
TESTS += tests/unit/test-carried-as
tests_unit_test_carried_as_SOURCES = tests/unit/test-carried-as.c tests/unit/cmocka-all.h ksplice-create/carried-as.c \
	ksplice-create/carried-as.h ksplice-create/tree.c ksplice-create/tree.h ksplice-create/util.c ksplice-create/util.h
tests_unit_test_carried_as_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-banner
TESTS += tests/unit/test-banner
tests_unit_test_banner_SOURCES = tests/unit/test-banner.c tests/unit/cmocka-all.h ksplice-create/banner.c \
	ksplice-create/banner.h ksplice-create/util.c ksplice-create/util.h
tests_unit_test_banner_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-insn-diff
TESTS += tests/unit/test-insn-diff
tests_unit_test_insn_diff_SOURCES = tests/unit/test-insn-diff.c tests/unit/cmocka-all.h ksplice-create/insn-diff.c \
	ksplice-create/insn-diff.h ksplice-create/align.c ksplice-create/align.h ksplice-create/util.c ksplice-create/util.h
tests_unit_test_insn_diff_LDADD = $(OBJMANIP_LIBS) $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-html
TESTS += tests/unit/test-html
tests_unit_test_html_SOURCES = tests/unit/test-html.c tests/unit/cmocka-all.h ksplice-create/html.c ksplice-create/html.h
tests_unit_test_html_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-definition-text
TESTS += tests/unit/test-definition-text
tests_unit_test_definition_text_SOURCES = tests/unit/test-definition-text.c tests/unit/cmocka-all.h \
	ksplice-create/definition-text.c ksplice-create/definition-text.h ksplice-create/layout-text.c ksplice-create/layout-text.h \
	ksplice-create/array-lengths.c ksplice-create/array-lengths.h \
	ksplice-create/c-tokens.c ksplice-create/c-tokens.h ksplice-create/strmap.c ksplice-create/strmap.h ksplice-create/util.c
tests_unit_test_definition_text_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-lost
TESTS += tests/unit/test-lost
tests_unit_test_lost_SOURCES = tests/unit/test-lost.c tests/unit/cmocka-all.h
tests_unit_test_lost_LDADD = $(OBJMANIP_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-makefile-lines
TESTS += tests/unit/test-makefile-lines
tests_unit_test_makefile_lines_SOURCES = tests/unit/test-makefile-lines.c ksplice-create/makefile-lines.c \
	ksplice-create/makefile-lines.h ksplice-create/util.c
tests_unit_test_makefile_lines_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-desk-commands
TESTS += tests/unit/test-desk-commands
tests_unit_test_desk_commands_SOURCES = tests/unit/test-desk-commands.c tests/unit/cmocka-all.h ksplice-create/desk-commands.c \
	ksplice-create/desk-commands.h ksplice-create/tree.c ksplice-create/tree.h ksplice-create/util.c ksplice-create/util.h
tests_unit_test_desk_commands_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-hunk-places
TESTS += tests/unit/test-hunk-places
tests_unit_test_hunk_places_SOURCES = tests/unit/test-hunk-places.c tests/unit/cmocka-all.h ksplice-create/hunk-places.c \
	ksplice-create/hunk-places.h ksplice-create/util.c ksplice-create/util.h
tests_unit_test_hunk_places_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-line-numbers
TESTS += tests/unit/test-line-numbers
tests_unit_test_line_numbers_SOURCES = tests/unit/test-line-numbers.c tests/unit/cmocka-all.h \
	ksplice-create/line-numbers.c ksplice-create/line-numbers.h ksplice-create/util.c ksplice-create/util.h
tests_unit_test_line_numbers_LDADD = $(COMMON_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-source-lines
TESTS += tests/unit/test-source-lines
tests_unit_test_source_lines_SOURCES = tests/unit/test-source-lines.c tests/unit/cmocka-all.h \
	ksplice-create/source-lines.c ksplice-create/source-lines.h ksplice-create/util.c ksplice-create/util.h
tests_unit_test_source_lines_LDADD = $(OBJMANIP_LIBS) $(COMMON_LIBS) $(DW_LIBS) -lcmocka
check_PROGRAMS += tests/unit/test-module-image
TESTS += tests/unit/test-module-image
tests_unit_test_module_image_SOURCES = tests/unit/test-module-image.c $(KERNEL_MEMORY) $(IMAGE_BUILDER)
tests_unit_test_module_image_LDADD = $(OBJMANIP_LIBS) $(RUNPRE_LIBS) $(COMMON_LIBS) $(ARCHIVE_LIBS) -lcmocka
KERNEL_MEMORY = \
	ksplice-create/kernel-memory.c ksplice-create/kernel-memory.h \
	ksplice-create/module-files.c ksplice-create/module-files.h \
	ksplice-create/module-image.c ksplice-create/module-image.h \
	ksplice-create/module-ppc64le.c ksplice-create/module-ppc64le.h \
	ksplice-create/tree.c ksplice-create/tree.h \
	ksplice-create/util.c ksplice-create/util.h

# For tests/create/test-vmlinuz.sh, and for tests/kernel/memory-of-one-machine, which run them.
check_PROGRAMS += tests/create/compare-images tests/create/match-image
tests_create_match_image_SOURCES = tests/create/match-image.c ksplice-create/offline.c ksplice-create/offline.h \
	$(KERNEL_MEMORY) $(IMAGE_BUILDER)
tests_create_match_image_LDADD = $(OBJMANIP_LIBS) $(RUNPRE_LIBS) $(COMMON_LIBS) $(ARCHIVE_LIBS)
tests_create_compare_images_SOURCES = tests/create/compare-images.c $(IMAGE_BUILDER)
tests_create_compare_images_LDADD = $(COMMON_LIBS) $(ARCHIVE_LIBS)

# For tests/match/run.
check_PROGRAMS += tests/match/match-units tests/match/run-programs tests/match/true-addresses
tests_match_true_addresses_SOURCES = tests/match/true-addresses.c
tests_match_true_addresses_LDADD = $(DW_LIBS) -lelf
tests_match_run_programs_SOURCES = tests/match/run-programs.c
tests_match_run_programs_LDADD = $(RUNPRE_LIBS)
tests_match_match_units_SOURCES = tests/match/match-units.c tests/match/flips.c tests/match/flips.h \
	ksplice-create/offline.c ksplice-create/offline.h $(KERNEL_MEMORY) $(IMAGE_BUILDER)
tests_match_match_units_LDADD = $(OBJMANIP_LIBS) $(RUNPRE_LIBS) $(COMMON_LIBS) $(ARCHIVE_LIBS) $(JSON_LIBS)

# common/ and ksplice-apply/. fake-update makes update files, good and bad ones.
FAKE_UPDATE = tests/unit/fake-update.c tests/unit/fake-update.h tests/unit/cmocka-all.h
APPLY_TESTS = tests/unit/test-change tests/unit/test-change-late tests/unit/test-change-several tests/unit/test-common \
	tests/unit/test-kernel-id tests/unit/test-manifest tests/unit/test-modinfo tests/unit/test-reason tests/unit/test-signature \
	tests/unit/test-update-file tests/unit/test-view
check_PROGRAMS += $(APPLY_TESTS)
TESTS += $(APPLY_TESTS)
FAKE_KERNEL = tests/unit/fake-kernel.c tests/unit/fake-kernel.h $(FAKE_UPDATE)
tests_unit_test_change_SOURCES = tests/unit/test-change.c $(FAKE_KERNEL)
tests_unit_test_change_LDADD = $(KSPLICE_APPLY_LIBS) -lcmocka
tests_unit_test_change_late_SOURCES = tests/unit/test-change-late.c $(FAKE_KERNEL)
tests_unit_test_change_late_LDADD = $(KSPLICE_APPLY_LIBS) -lcmocka
tests_unit_test_change_several_SOURCES = tests/unit/test-change-several.c $(FAKE_KERNEL)
tests_unit_test_change_several_LDADD = $(KSPLICE_APPLY_LIBS) -lcmocka
tests_unit_test_common_SOURCES = tests/unit/test-common.c tests/unit/cmocka-all.h
tests_unit_test_common_LDADD = $(COMMON_LIBS) -lcmocka
tests_unit_test_kernel_id_SOURCES = tests/unit/test-kernel-id.c tests/unit/cmocka-all.h
tests_unit_test_kernel_id_LDADD = $(KSPLICE_APPLY_LIBS) -lcmocka
tests_unit_test_manifest_SOURCES = tests/unit/test-manifest.c $(FAKE_UPDATE)
tests_unit_test_manifest_LDADD = $(KSPLICE_APPLY_LIBS) -lcmocka
tests_unit_test_modinfo_SOURCES = tests/unit/test-modinfo.c tests/unit/cmocka-all.h
tests_unit_test_modinfo_LDADD = $(KSPLICE_APPLY_LIBS) -lcmocka
tests_unit_test_reason_SOURCES = tests/unit/test-reason.c tests/unit/cmocka-all.h
tests_unit_test_reason_LDADD = $(KSPLICE_APPLY_LIBS) -lcmocka
tests_unit_test_signature_SOURCES = tests/unit/test-signature.c tests/unit/signed-module.c tests/unit/signed-module.h tests/unit/cmocka-all.h
tests_unit_test_signature_LDADD = $(KSPLICE_APPLY_LIBS) -lcmocka
tests_unit_test_update_file_SOURCES = tests/unit/test-update-file.c $(FAKE_UPDATE)
tests_unit_test_update_file_LDADD = $(KSPLICE_APPLY_LIBS) -lcmocka
tests_unit_test_view_SOURCES = tests/unit/test-view.c tests/unit/cmocka-all.h ksplice-apply/cli.c ksplice-apply/cli.h \
	ksplice-apply/view.c ksplice-apply/view.h
tests_unit_test_view_LDADD = $(KSPLICE_APPLY_LIBS) -lcmocka
