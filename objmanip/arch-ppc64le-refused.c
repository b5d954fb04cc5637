// SPDX-License-Identifier: GPL-2.0-or-later
/* What is never replaced on ppc64le, since splicing runs on it; refuse-names.c has what is so everywhere. */
#include "objmanip/arch-ppc64le.h"

#define MACHINE_CHECK "a machine check or system reset, which nothing holds off, may run it while its hook is written"
#define REACHING "it makes the memory accessible in which the new code would lie"

/* Names of 6.1, by file. */
const struct om_refused_name om_ppc64le_refused_functions[] = {
	/* arch/powerpc/lib/code-patching.c; lib/ *.S */
	{ "patch_instruction", OM_REFUSED_WRITING },
	{ "raw_patch_instruction", OM_REFUSED_WRITING },
	{ "do_patch_instruction", OM_REFUSED_WRITING },
	{ "__patch_instruction", OM_REFUSED_WRITING },
	{ "flush_icache_range", OM_REFUSED_WRITING },
	/* arch/powerpc/kernel/stacktrace.c, process.c */
	{ "__save_stack_trace_tsk_reliable", OM_REFUSED_UNWINDING },
	{ "validate_sp", OM_REFUSED_UNWINDING },
	{ "validate_sp_size", OM_REFUSED_UNWINDING },
	/* arch/powerpc/kernel/traps.c */
	{ "system_reset_exception", MACHINE_CHECK },
	{ "machine_check_exception", MACHINE_CHECK },
	{ "__machine_check_exception", MACHINE_CHECK },
	{ "machine_check_early*", MACHINE_CHECK },
	{ "hmi_exception_realmode", MACHINE_CHECK },
	/* arch/powerpc/kernel/interrupt.c, syscall.c: before and behind all that is interrupted or called */
	{ "interrupt_enter_prepare", OM_REFUSED_ENTRY },
	{ "interrupt_exit_kernel_prepare", OM_REFUSED_ENTRY },
	{ "interrupt_exit_user_prepare*", OM_REFUSED_ENTRY },
	{ "syscall_exit_prepare*", OM_REFUSED_ENTRY },
	{ 0 },
};

const struct om_refused_name om_ppc64le_refused_units[] = {
	{ "arch/powerpc/lib/code-patching.o", OM_REFUSED_WRITING },
	{ "arch/powerpc/kernel/head_64.o", OM_REFUSED_ENTRY },
	{ "arch/powerpc/kernel/entry_64.o", OM_REFUSED_ENTRY },
	{ "arch/powerpc/kernel/interrupt_64.o", OM_REFUSED_ENTRY },
	{ "arch/powerpc/kernel/mce*", MACHINE_CHECK },
	/* Hooks, and the functions that they lead to, lie in vmalloc space: with the hash MMU they are not to be had before these have run. */
	{ "arch/powerpc/mm/book3s64/slb.o", REACHING },
	{ "arch/powerpc/mm/book3s64/hash_*", REACHING },
	/* Copied into no trampoline, but run by each traced call. */
	{ "arch/powerpc/kernel/trace/ftrace_mprofile.o", OM_REFUSED_WRITING },
	{ 0 },
};

const struct om_refused_name om_ppc64le_refused_sections[] = {
	{ ".head.text", OM_REFUSED_ENTRY },
	{ 0 },
};
