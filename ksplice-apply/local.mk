# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libksplice-apply.a
libksplice_apply_a_SOURCES = \
	ksplice-apply/apply.c \
	ksplice-apply/change.h \
	ksplice-apply/conflicts.c \
	ksplice-apply/core.c \
	ksplice-apply/core.h \
	ksplice-apply/detail.c \
	ksplice-apply/exit-status.c \
	ksplice-apply/exit-status.h \
	ksplice-apply/gunzip.c \
	ksplice-apply/gunzip.h \
	ksplice-apply/interrupt.c \
	ksplice-apply/interrupt.h \
	ksplice-apply/kernel-id.c \
	ksplice-apply/kernel-id.h \
	ksplice-apply/kernel.c \
	ksplice-apply/kernel.h \
	ksplice-apply/kmsg.c \
	ksplice-apply/kmsg.h \
	ksplice-apply/late.c \
	ksplice-apply/manifest.c \
	ksplice-apply/manifest.h \
	ksplice-apply/modinfo.c \
	ksplice-apply/modinfo.h \
	ksplice-apply/modules.c \
	ksplice-apply/modules.h \
	ksplice-apply/program.c \
	ksplice-apply/program.h \
	ksplice-apply/reason.c \
	ksplice-apply/reason.h \
	ksplice-apply/store.c \
	ksplice-apply/store.h \
	ksplice-apply/text.c \
	ksplice-apply/text.h \
	ksplice-apply/transition.c \
	ksplice-apply/undo.c \
	ksplice-apply/unsigned.c \
	ksplice-apply/unsigned.h \
	ksplice-apply/update-file.c \
	ksplice-apply/update-file.h \
	ksplice-apply/withdraw.c
# What a program that uses the library links with.
KSPLICE_APPLY_LIBS = libksplice-apply.a $(COMMON_LIBS) $(ARCHIVE_LIBS) $(ELF_LIBS)

sbin_PROGRAMS += ksplice-apply/ksplice-apply ksplice-apply/ksplice-undo ksplice-apply/ksplice-view
ksplice_apply_ksplice_apply_SOURCES = ksplice-apply/ksplice-apply.c ksplice-apply/cli.c ksplice-apply/cli.h
ksplice_apply_ksplice_apply_LDADD = $(KSPLICE_APPLY_LIBS)
ksplice_apply_ksplice_undo_SOURCES = ksplice-apply/ksplice-undo.c ksplice-apply/cli.c ksplice-apply/cli.h
ksplice_apply_ksplice_undo_LDADD = $(KSPLICE_APPLY_LIBS)
ksplice_apply_ksplice_view_SOURCES = ksplice-apply/ksplice-view.c ksplice-apply/cli.c ksplice-apply/cli.h \
	ksplice-apply/view.c ksplice-apply/view.h
ksplice_apply_ksplice_view_LDADD = $(KSPLICE_APPLY_LIBS)

dist_man_MANS += docs/man/ksplice-apply.8 docs/man/ksplice-undo.8 docs/man/ksplice-view.8
