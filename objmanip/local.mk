# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libobjmanip.a
libobjmanip_a_SOURCES = \
	objmanip/alike.c \
	objmanip/alike.h \
	objmanip/aliases.c \
	objmanip/aliases.h \
	objmanip/anew.c \
	objmanip/anew.h \
	objmanip/arch-ppc64le-halves.c \
	objmanip/arch-ppc64le-pieces.c \
	objmanip/arch-ppc64le-pointers.c \
	objmanip/arch-ppc64le-refused.c \
	objmanip/arch-ppc64le-relocs.c \
	objmanip/arch-ppc64le-sites.c \
	objmanip/arch-ppc64le-stubs.c \
	objmanip/arch-ppc64le.c \
	objmanip/arch-ppc64le.h \
	objmanip/arch-x86-64-alternative.c \
	objmanip/arch-x86-64-insn.c \
	objmanip/arch-x86-64-refused.c \
	objmanip/arch-x86-64-retpoline.c \
	objmanip/arch-x86-64-sites.c \
	objmanip/arch-x86-64.c \
	objmanip/arch-x86-64.h \
	objmanip/arch.c \
	objmanip/arch.h \
	objmanip/author.c \
	objmanip/author.h \
	objmanip/buf.c \
	objmanip/buf.h \
	objmanip/compare.c \
	objmanip/compare.h \
	objmanip/correlate-keys.c \
	objmanip/correlate-slots.c \
	objmanip/correlate-users.c \
	objmanip/correlate.c \
	objmanip/correlate.h \
	objmanip/elf.c \
	objmanip/elf.h \
	objmanip/emit-code.c \
	objmanip/emit-code.h \
	objmanip/emit-elf.c \
	objmanip/emit-match.c \
	objmanip/emit-ppc64le.c \
	objmanip/emit-refs.c \
	objmanip/emit-tables.c \
	objmanip/emit.h \
	objmanip/exports.c \
	objmanip/exports.h \
	objmanip/forms.c \
	objmanip/forms.h \
	objmanip/gone.c \
	objmanip/gone.h \
	objmanip/hook.c \
	objmanip/hook.h \
	objmanip/islands.c \
	objmanip/islands.h \
	objmanip/kept.c \
	objmanip/kept.h \
	objmanip/ladder.h \
	objmanip/layout.c \
	objmanip/layout.h \
	objmanip/linkage.c \
	objmanip/linkage.h \
	objmanip/links.c \
	objmanip/links.h \
	objmanip/lost.c \
	objmanip/lost.h \
	objmanip/match-carried.c \
	objmanip/match-carried.h \
	objmanip/match-module.c \
	objmanip/match-module.h \
	objmanip/match-program.c \
	objmanip/match-program.h \
	objmanip/match-show.c \
	objmanip/match-show.h \
	objmanip/match-table.c \
	objmanip/match-table.h \
	objmanip/message-index.c \
	objmanip/message-index.h \
	objmanip/moved.c \
	objmanip/moved.h \
	objmanip/names.c \
	objmanip/names.h \
	objmanip/neighbours.c \
	objmanip/neighbours.h \
	objmanip/objmanip.h \
	objmanip/refs.c \
	objmanip/refs.h \
	objmanip/refusals.c \
	objmanip/refusals.h \
	objmanip/refuse-assembly.c \
	objmanip/refuse-carried.c \
	objmanip/refuse-contents.c \
	objmanip/refuse-kinds.c \
	objmanip/refuse-names.c \
	objmanip/refuse-names.h \
	objmanip/refuse-parts.h \
	objmanip/refuse-replaced.c \
	objmanip/refuse-tables.c \
	objmanip/refuse.c \
	objmanip/refuse.h \
	objmanip/renamed.c \
	objmanip/renamed.h \
	objmanip/renumbered.c \
	objmanip/renumbered.h \
	objmanip/resolve.c \
	objmanip/runtime-const.c \
	objmanip/runtime-const.h \
	objmanip/sections.c \
	objmanip/sections.h \
	objmanip/select.c \
	objmanip/select.h \
	objmanip/span.c \
	objmanip/span.h \
	objmanip/special.c \
	objmanip/special.h \
	objmanip/stand-in.c \
	objmanip/stand-in.h \
	objmanip/static-keys.c \
	objmanip/static-keys.h \
	objmanip/symbols.c \
	objmanip/symbols.h \
	objmanip/target.c \
	objmanip/witness.c \
	objmanip/witness.h
# What a program that uses the library links with.
OBJMANIP_LIBS = libobjmanip.a $(RUNPRE_LIBS) libcommon.a $(ELF_LIBS) $(OPCODES_LIBS)

bin_PROGRAMS += ksplice-objmanip
ksplice_objmanip_SOURCES = objmanip/ksplice-objmanip.c objmanip/show.c objmanip/show.h
ksplice_objmanip_LDADD = $(OBJMANIP_LIBS) $(JSON_LIBS)
dist_man_MANS += docs/man/ksplice-objmanip.1

TESTS += tests/diff/run
EXTRA_DIST += tests/diff
