/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The number of the interface between the core, the modules of updates, and the tools: what ksplice.h and ksplice-patch.h
 * declare, and the files in /sys/kernel/ksplice (docs/formats.md).  It changes when any of these does, and is part of the names
 * that the core publishes: a module made for another number is not loaded.  Built into kernel and user space.
 */
#ifndef KSPLICE_ABI_H
#define KSPLICE_ABI_H

#define KSPLICE_ABI		5
#define KSPLICE_ABI_PREFIX	"ksplice_abi"	/* of all names that the core publishes of its own */

/* KSPLICE_ABI_NAME(match_load) is ksplice_abi5_match_load. */
#define KSPLICE_ABI_NAME(name)			KSPLICE_ABI_NAME_(KSPLICE_ABI, name)
#define KSPLICE_ABI_NAME_(number, name)		KSPLICE_ABI_PASTE_(number, name)
#define KSPLICE_ABI_PASTE_(number, name)	ksplice_abi##number##_##name

#endif
