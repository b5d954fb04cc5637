/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel calls: calls of functions that the kernel does not export, whose addresses are found when the core is loaded (symbols.c).
 *
 *	DEFINE_KERNEL_CALL(name, function)	one; @function gives the type
 *	kernel_call_set(name, addr)		0 or -errno; before anybody calls it
 *	kernel_calls_ready()			after those
 *	kernel_call(name)(arguments)		the call
 *
 * They are direct calls: a call through a pointer would fault on a function whose ENDBR the kernel has removed because it never takes its
 * address (CONFIG_X86_KERNEL_IBT, arch/x86/kernel/alternative.c, apply_ibt_endbr(), since 5.18).
 */
#ifndef KSPLICE_CALLS_H
#define KSPLICE_CALLS_H

#ifdef CONFIG_X86_64
#include "arch/x86/calls.h"
#else
/* Where static calls go through a pointer, as on ppc64le, nothing is written for them. */
#include <linux/static_call.h>

#define DECLARE_KERNEL_CALL(name, function)	DECLARE_STATIC_CALL(name, function)
#define DEFINE_KERNEL_CALL(name, function)	DEFINE_STATIC_CALL_NULL(name, function)
#define kernel_call(name)			static_call(name)
#define kernel_call_set(name, addr)		({ static_call_update(name, (void *)(addr)); 0; })
#define kernel_calls_ready()			do { } while (0)
#endif

#endif
