# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel side is built by kbuild, for each kernel: here it is only installed, as sources.
nobase_dist_pkgdata_DATA += \
	kmodsrc/Kbuild \
	kmodsrc/apply.c \
	kmodsrc/arch/arch.h \
	kmodsrc/arch/powerpc/hook.c \
	kmodsrc/arch/x86/ftrace.c \
	kmodsrc/arch/x86/hook.c \
	kmodsrc/arch/x86/thunk.c \
	kmodsrc/arch/x86/thunk.h \
	kmodsrc/candidates.c \
	kmodsrc/compat.h \
	kmodsrc/core.c \
	kmodsrc/core.h \
	kmodsrc/data.c \
	kmodsrc/ftrace.c \
	kmodsrc/author-hooks.c \
	kmodsrc/ksplice-abi.h \
	kmodsrc/ksplice-patch.h \
	kmodsrc/ksplice.h \
	kmodsrc/match.c \
	kmodsrc/offers.c \
	kmodsrc/publish.c \
	kmodsrc/report.c \
	kmodsrc/runpre/check.c \
	kmodsrc/runpre/match.c \
	kmodsrc/runpre/names.c \
	kmodsrc/runpre/prog.c \
	kmodsrc/runpre/prog.h \
	kmodsrc/runpre/resolve.c \
	kmodsrc/runpre/runpre.h \
	kmodsrc/runpre/runpre_env.h \
	kmodsrc/safety.c \
	kmodsrc/safety.h \
	kmodsrc/shadow.c \
	kmodsrc/symbols.c \
	kmodsrc/symbols.h \
	kmodsrc/sysfs.c \
	kmodsrc/text.c \
	kmodsrc/text.h \
	kmodsrc/update.c \
	kmodsrc/update/code-main.c \
	kmodsrc/update/layout.c \
	kmodsrc/update/match-main.c
