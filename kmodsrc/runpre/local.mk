# SPDX-License-Identifier: GPL-2.0-or-later
# The matcher as user space builds it; kmodsrc/Kbuild builds the same files into the kernel core.
noinst_LIBRARIES += librunpre.a
librunpre_a_SOURCES = \
	kmodsrc/runpre/check.c \
	kmodsrc/runpre/match-ppc64le.c \
	kmodsrc/runpre/match.c \
	kmodsrc/runpre/matcher.h \
	kmodsrc/runpre/names.c \
	kmodsrc/runpre/prog.c \
	kmodsrc/runpre/prog.h \
	kmodsrc/runpre/resolve.c \
	kmodsrc/runpre/runpre.h \
	kmodsrc/runpre/runpre_env.h \
	kmodsrc/runpre/stub-ppc64le.c
# What a program that matches, checks or prints match programs links with.
RUNPRE_LIBS = librunpre.a
