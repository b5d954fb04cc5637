// SPDX-License-Identifier: GPL-2.0-or-later
/* ppc64le: known by name, refused with a reason until its side of the interface is written. */
#include "objmanip/arch.h"

#include "kmodsrc/runpre/runpre.h"

const struct om_arch om_arch_ppc64le = {
	.name = "ppc64le",
	.machine = EM_PPC64,
	.runpre_arch = RUNPRE_ARCH_PPC64LE,
	.hook_len = 4,
	.not_yet = "objects for ppc64le are not supported yet: only x86_64 is",
};
