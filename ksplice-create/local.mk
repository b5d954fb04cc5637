# SPDX-License-Identifier: GPL-2.0-or-later
bin_PROGRAMS += ksplice-create/ksplice-create
ksplice_create_ksplice_create_SOURCES = \
	ksplice-create/c-tokens.c \
	ksplice-create/c-tokens.h \
	ksplice-create/check-imports.c \
	ksplice-create/check-imports.h \
	ksplice-create/check-module.c \
	ksplice-create/check-module.h \
	ksplice-create/create.h \
	ksplice-create/declarations.c \
	ksplice-create/declarations.h \
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
	ksplice-create/git.c \
	ksplice-create/git.h \
	ksplice-create/image-symvers.c \
	ksplice-create/image.c \
	ksplice-create/image.h \
	ksplice-create/includes.c \
	ksplice-create/includes.h \
	ksplice-create/kbuild.c \
	ksplice-create/kbuild.h \
	ksplice-create/kconfig.c \
	ksplice-create/kconfig.h \
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
	ksplice-create/module-files.c \
	ksplice-create/module-files.h \
	ksplice-create/module-image.c \
	ksplice-create/module-image.h \
	ksplice-create/modules.c \
	ksplice-create/modules.h \
	ksplice-create/offline.c \
	ksplice-create/offline.h \
	ksplice-create/options.c \
	ksplice-create/options.h \
	ksplice-create/outside.c \
	ksplice-create/outside.h \
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
	ksplice-create/regions.c \
	ksplice-create/regions.h \
	ksplice-create/renumber.c \
	ksplice-create/renumber.h \
	ksplice-create/report.c \
	ksplice-create/report.h \
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
	ksplice-create/workspace.c \
	ksplice-create/workspace.h
# Run from where it was built, it takes the kernel's part from the source tree; installed, from pkgdatadir.
ksplice_create_ksplice_create_CPPFLAGS = $(AM_CPPFLAGS) \
	-DBUILT_PROGRAM='"$(abs_top_builddir)/ksplice-create/ksplice-create"' \
	-DBUILT_KMODSRC='"$(abs_top_srcdir)/kmodsrc"'
ksplice_create_ksplice_create_LDADD = $(OBJMANIP_LIBS) $(RUNPRE_LIBS) $(COMMON_LIBS) $(ARCHIVE_LIBS)
dist_man_MANS += docs/man/ksplice-create.1
EXTRA_DIST += \
	tests/create/lib.sh \
	tests/create/test-bad-diffs.sh \
	tests/create/test-compile-errors.sh \
	tests/create/test-headers.sh \
	tests/create/test-hostile-directories.sh \
	tests/create/test-image.sh \
	tests/create/test-imports.sh \
	tests/create/test-line-numbers.sh \
	tests/create/test-modules.sh \
	tests/create/test-output.sh \
	tests/create/test-update-file.sh \
	tests/create/test-usage.sh \
	tests/create/test-work-directory.sh \
	tests/create/test-wrong-kernel.sh
