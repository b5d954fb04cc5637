# SPDX-License-Identifier: GPL-2.0-or-later
bin_PROGRAMS += ksplice-create/ksplice-create
ksplice_create_ksplice_create_SOURCES = \
	ksplice-create/align.c \
	ksplice-create/align.h \
	ksplice-create/build-lists.c \
	ksplice-create/build-lists.h \
	ksplice-create/c-reader.c \
	ksplice-create/c-source.c \
	ksplice-create/c-source.h \
	ksplice-create/c-tokens.c \
	ksplice-create/c-tokens.h \
	ksplice-create/c-usage.c \
	ksplice-create/check-imports.c \
	ksplice-create/check-imports.h \
	ksplice-create/check-module.c \
	ksplice-create/check-module.h \
	ksplice-create/create.h \
	ksplice-create/declarations.c \
	ksplice-create/declarations.h \
	ksplice-create/definition-text.c \
	ksplice-create/definition-text.h \
	ksplice-create/depend.c \
	ksplice-create/depend.h \
	ksplice-create/dependents.c \
	ksplice-create/dependents.h \
	ksplice-create/digests.c \
	ksplice-create/digests.h \
	ksplice-create/dir-lock.c \
	ksplice-create/dir-lock.h \
	ksplice-create/disasm.c \
	ksplice-create/disasm.h \
	ksplice-create/elf-file.c \
	ksplice-create/elf-file.h \
	ksplice-create/enumerators.c \
	ksplice-create/enumerators.h \
	ksplice-create/evidence.c \
	ksplice-create/evidence.h \
	ksplice-create/extra-match.c \
	ksplice-create/extra-match.h \
	ksplice-create/git-mirror.c \
	ksplice-create/git-mirror.h \
	ksplice-create/git.c \
	ksplice-create/git.h \
	ksplice-create/html.c \
	ksplice-create/html.h \
	ksplice-create/image-exports.c \
	ksplice-create/image-symbols.c \
	ksplice-create/image-symbols.h \
	ksplice-create/image.c \
	ksplice-create/image.h \
	ksplice-create/includes.c \
	ksplice-create/includes.h \
	ksplice-create/insn-diff.c \
	ksplice-create/insn-diff.h \
	ksplice-create/insn-text.c \
	ksplice-create/insn-text.h \
	ksplice-create/kallsyms-tables.c \
	ksplice-create/kallsyms-tables.h \
	ksplice-create/kallsyms.c \
	ksplice-create/kallsyms.h \
	ksplice-create/kbuild.c \
	ksplice-create/kbuild.h \
	ksplice-create/kconfig.c \
	ksplice-create/kconfig.h \
	ksplice-create/kept-objects.c \
	ksplice-create/kept-objects.h \
	ksplice-create/kernel-memory.c \
	ksplice-create/kernel-memory.h \
	ksplice-create/kernel-modules.c \
	ksplice-create/kernel-modules.h \
	ksplice-create/kernel.c \
	ksplice-create/kernel.h \
	ksplice-create/layout-text.c \
	ksplice-create/layout-text.h \
	ksplice-create/layouts.c \
	ksplice-create/layouts.h \
	ksplice-create/line-numbers.c \
	ksplice-create/line-numbers.h \
	ksplice-create/main.c \
	ksplice-create/makefile.c \
	ksplice-create/makefile.h \
	ksplice-create/manifest.c \
	ksplice-create/manifest.h \
	ksplice-create/memory-dump.c \
	ksplice-create/memory-dump.h \
	ksplice-create/module-files.c \
	ksplice-create/module-files.h \
	ksplice-create/module-image.c \
	ksplice-create/module-image.h \
	ksplice-create/modules.c \
	ksplice-create/modules.h \
	ksplice-create/new-file.c \
	ksplice-create/new-file.h \
	ksplice-create/offline.c \
	ksplice-create/offline.h \
	ksplice-create/options.c \
	ksplice-create/options.h \
	ksplice-create/outside.c \
	ksplice-create/outside.h \
	ksplice-create/overrides.c \
	ksplice-create/overrides.h \
	ksplice-create/pack.c \
	ksplice-create/pack.h \
	ksplice-create/patchset.c \
	ksplice-create/patchset.h \
	ksplice-create/precache.c \
	ksplice-create/precache.h \
	ksplice-create/prepared.c \
	ksplice-create/prepared.h \
	ksplice-create/private-dir.c \
	ksplice-create/private-dir.h \
	ksplice-create/prototype-text.c \
	ksplice-create/prototype-text.h \
	ksplice-create/prototypes.c \
	ksplice-create/prototypes.h \
	ksplice-create/regions.c \
	ksplice-create/regions.h \
	ksplice-create/renumber.c \
	ksplice-create/renumber.h \
	ksplice-create/report.c \
	ksplice-create/report.h \
	ksplice-create/review-code.c \
	ksplice-create/review-data.c \
	ksplice-create/review-diff.c \
	ksplice-create/review-functions.c \
	ksplice-create/review-page.h \
	ksplice-create/review-sites.c \
	ksplice-create/review-summary.c \
	ksplice-create/review-symbols.c \
	ksplice-create/review.c \
	ksplice-create/review.h \
	ksplice-create/seals.c \
	ksplice-create/seals.h \
	ksplice-create/source-lines.c \
	ksplice-create/source-lines.h \
	ksplice-create/source-text.c \
	ksplice-create/source-text.h \
	ksplice-create/source-types.c \
	ksplice-create/source-types.h \
	ksplice-create/symbol-index.c \
	ksplice-create/symbol-index.h \
	ksplice-create/strmap.c \
	ksplice-create/strmap.h \
	ksplice-create/survey.c \
	ksplice-create/survey.h \
	ksplice-create/targets.c \
	ksplice-create/targets.h \
	ksplice-create/tree.c \
	ksplice-create/tree.h \
	ksplice-create/units.c \
	ksplice-create/units.h \
	ksplice-create/util.c \
	ksplice-create/util.h \
	ksplice-create/vmlinuz.c \
	ksplice-create/vmlinuz.h \
	ksplice-create/workspace.c \
	ksplice-create/workspace.h
# Run from where it was built, it takes the kernel's part from the source tree; installed, from pkgdatadir.
ksplice_create_ksplice_create_CPPFLAGS = $(AM_CPPFLAGS) \
	-DBUILT_PROGRAM='"$(abs_top_builddir)/ksplice-create/ksplice-create"' \
	-DBUILT_KMODSRC='"$(abs_top_srcdir)/kmodsrc"'
ksplice_create_ksplice_create_LDADD = $(OBJMANIP_LIBS) $(RUNPRE_LIBS) $(COMMON_LIBS) $(ARCHIVE_LIBS) $(DW_LIBS)
dist_man_MANS += docs/man/ksplice-create.1

# What the page has in it becomes string constants, line by line.
REVIEW_PARTS = ksplice-create/review-css.inc ksplice-create/review-js.inc
AS_STRINGS = $(AM_V_GEN)$(MKDIR_P) ksplice-create && sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&\\n"/'
ksplice-create/review-css.inc: ksplice-create/review.css
	$(AS_STRINGS) $(srcdir)/ksplice-create/review.css >$@.tmp && mv $@.tmp $@
ksplice-create/review-js.inc: ksplice-create/review.js
	$(AS_STRINGS) $(srcdir)/ksplice-create/review.js >$@.tmp && mv $@.tmp $@
ksplice-create/ksplice_create-review.$(OBJEXT): $(REVIEW_PARTS)
CLEANFILES += $(REVIEW_PARTS)
EXTRA_DIST += ksplice-create/review.css ksplice-create/review.js
EXTRA_DIST += \
	tests/create/lib.sh \
	tests/create/test-assembler.sh \
	tests/create/test-author.sh \
	tests/create/test-bad-diffs.sh \
	tests/create/test-compile-errors.sh \
	tests/create/test-exports.sh \
	tests/create/test-headers.sh \
	tests/create/test-hostile-directories.sh \
	tests/create/test-hostile-git.sh \
	tests/create/test-image.sh \
	tests/create/test-imports.sh \
	tests/create/test-line-numbers.sh \
	tests/create/test-modules.sh \
	tests/create/test-new-files.sh \
	tests/create/test-output.sh \
	tests/create/check-report.py \
	tests/create/test-report.sh \
	tests/create/test-update-file.sh \
	tests/create/test-usage.sh \
	tests/create/test-vmlinuz.sh \
	tests/create/test-work-directory.sh \
	tests/create/test-wrong-kernel.sh
