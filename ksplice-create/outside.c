// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/outside.h"

#include <fnmatch.h>

#include "ksplice-create/util.h"

/* The pattern is for fnmatch(3). */
static const struct {
	const char *pattern, *what;
} outside[] = {
	{"Documentation/*", "not a part of the kernel"},
	{"LICENSES/*", "not a part of the kernel"},
	{"samples/*", "not a part of the kernel"},
	{"scripts/*", "not a part of the kernel"},
	{"tools/*", "not a part of the kernel"},
	{"usr/*", "not a part of the kernel"},
	{"*.rst", "not a part of the kernel"},
	{"*.txt", "not a part of the kernel"},
	{"*.yaml", "not a part of the kernel"},
	{"MAINTAINERS", "not a part of the kernel"},
	{"CREDITS", "not a part of the kernel"},
	{"arch/*/boot/*", "runs before the kernel, and is gone then"},
	{"drivers/firmware/efi/libstub/*", "runs before the kernel, and is gone then"},
	{"arch/*/purgatory/*", "runs between two kernels"},
	{"arch/x86/realmode/rm/*", "runs before the kernel"},
	{"arch/x86/entry/vdso/v[cdg]*.[co]", "runs in processes: code of the vDSO cannot be spliced"},
	{"arch/x86/entry/vdso/vsgx.[So]", "runs in processes: code of the vDSO cannot be spliced"},
	{"arch/x86/entry/vdso/vdso-note.[So]", "runs in processes: code of the vDSO cannot be spliced"},
	{"arch/x86/entry/vdso/vdso32/*.[So]", "runs in processes: code of the vDSO cannot be spliced"},
	{"lib/vdso/*", "runs in processes: code of the vDSO cannot be spliced"},
};

/* Lies there, and is made into the kernel by a makefile or a source elsewhere, which neither names of units nor #include lines tell. */
static const struct {
	const char *pattern, *by;
} detours[] = {
	{"tools/lib/bpf/*", "kernel/bpf/Makefile"},		/* relo_core.o */
	{"scripts/dtc/libfdt/*", "lib/Makefile"},		/* lib/fdt.c includes ../scripts/dtc/libfdt/fdt.c */
	{"arch/x86/lib/x86-opcode-map.txt", "arch/x86/lib/Makefile"},	/* inat-tables.c, of insn_get_length() */
};

const char *outside_detour(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(detours); i++)
		if (!fnmatch(detours[i].pattern, file, 0))
			return detours[i].by;
	return NULL;
}

const char *outside_kernel(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(outside); i++)
		if (!fnmatch(outside[i].pattern, file, 0))
			return outside[i].what;
	return NULL;
}
