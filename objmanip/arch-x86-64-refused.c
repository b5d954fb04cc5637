// SPDX-License-Identifier: GPL-2.0-or-later
/* What is never replaced on x86_64, since splicing runs on it; refuse-names.c has what is so everywhere. */
#include "objmanip/arch-x86-64.h"

#define MACHINE_CHECK "a machine check, which nothing holds off, may run it while its hook is written"

/* Names of 6.1 and later, by file. */
const struct om_refused_name om_x86_64_refused_functions[] = {
	/* arch/x86/kernel/alternative.c, arch/x86/kernel/cpu/common.c */
	{ "text_poke*", OM_REFUSED_WRITING },
	{ "__text_poke", OM_REFUSED_WRITING },
	{ "poke_int3_handler", OM_REFUSED_WRITING },
	{ "sync_core*", OM_REFUSED_WRITING },
	{ "do_sync_core", OM_REFUSED_WRITING },
	/* arch/x86/lib/mem*_64.S */
	{ "memcpy_orig", OM_REFUSED_WRITING },
	{ "memcpy_erms", OM_REFUSED_WRITING },
	{ "memset_orig", OM_REFUSED_WRITING },
	{ "memset_erms", OM_REFUSED_WRITING },
	/* arch/x86/kernel/unwind_orc.c, dumpstack_64.c */
	{ "unwind_next_frame", OM_REFUSED_UNWINDING },
	{ "__unwind_start", OM_REFUSED_UNWINDING },
	{ "unwind_get_return_address*", OM_REFUSED_UNWINDING },
	{ "orc_find", OM_REFUSED_UNWINDING },
	{ "deref_stack_*", OM_REFUSED_UNWINDING },
	{ "get_stack_info*", OM_REFUSED_UNWINDING },
	{ "in_task_stack", OM_REFUSED_UNWINDING },
	{ "in_entry_stack", OM_REFUSED_UNWINDING },
	/* arch/x86/kernel/nmi.c, traps.c, entry/ */
	{ "exc_*", OM_REFUSED_ENTRY },
	{ "asm_exc_*", OM_REFUSED_ENTRY },
	{ "do_nmi", OM_REFUSED_ENTRY },
	{ "default_do_nmi", OM_REFUSED_ENTRY },
	{ "nmi_handle", OM_REFUSED_ENTRY },
	{ "do_int3*", OM_REFUSED_ENTRY },
	{ "do_machine_check", OM_REFUSED_ENTRY },
	{ "entry_SYSCALL*", OM_REFUSED_ENTRY },
	{ "error_entry", OM_REFUSED_ENTRY },
	{ "paranoid_entry", OM_REFUSED_ENTRY },
	{ "paranoid_exit", OM_REFUSED_ENTRY },
	{ 0 },
};

const struct om_refused_name om_x86_64_refused_units[] = {
	{ "arch/x86/kernel/unwind_orc.o", OM_REFUSED_UNWINDING },
	/*
	 * The core holds off NMI handlers while it writes hooks (docs/safety.md), not machine checks.  What of a unit one reaches
	 * is not to be seen in it alone, since its functions are called through pointers.
	 */
	{ "arch/x86/kernel/cpu/mce/*", MACHINE_CHECK },
	/* Copied into each trampoline of ftrace's, and hooks may run through these. */
	{ "arch/x86/kernel/ftrace_64.o", OM_REFUSED_WRITING },
	/* exc_nmi() itself, and the switch that holds off the rest */
	{ "arch/x86/kernel/nmi.o", OM_REFUSED_ENTRY },
	{ 0 },
};

const struct om_refused_name om_x86_64_refused_sections[] = {
	{ ".text..__x86.", "the mitigation of speculation, which the kernel itself rewrites wherever it is called" },
	{ 0 },
};
