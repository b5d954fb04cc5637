// SPDX-License-Identifier: GPL-2.0-or-later
/* What is never replaced on ppc64le, since splicing runs on it; refuse-names.c has what is so everywhere. */
#include "objmanip/arch-ppc64le.h"

#include <string.h>

#include "objmanip/arch.h"

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
	/* memmove() and memcpy() go on in these */
	{ "backwards_memcpy", OM_REFUSED_WRITING },
	{ "memcpy_power7", OM_REFUSED_WRITING },
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
	/* _restgpr1_14 and its like, which compilers call in ways of their own. */
	{ "arch/powerpc/lib/crtsavres.o", "its functions are called with arguments in registers that a hook needs" },
	/* Copied into no trampoline, but run by each traced call. */
	{ "arch/powerpc/kernel/trace/ftrace_mprofile.o", OM_REFUSED_WRITING },
	{ 0 },
};

const struct om_refused_name om_ppc64le_refused_sections[] = {
	{ ".head.text", OM_REFUSED_ENTRY },
	{ 0 },
};

static bool begins_with(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

/* All other units of the architecture may run before the memory of modules can be reached, or without (real mode, kexec). */
static bool may_be_anywhere(const char *unit)
{
	return begins_with(unit, "arch/powerpc/") && !begins_with(unit, "arch/powerpc/lib/") && !begins_with(unit, "arch/powerpc/crypto/");
}

/*
 * A branch that stays in the function, or goes to another one that anybody may call, by a piece (emit-ppc64le.c).  In a module it would be the loader's
 * stub that puts r2 right, and a nop behind it.
 */
static bool may_branch(const struct om_span *span, const struct om_reloc *rel)
{
	const struct om_span *to = rel->target;

	if (!span->obj->arch->reloc_branch(span, rel))
		return false;
	if (to == span)
		return true;
	if (om_ppc64le_field(rel->type) != OM_PPC_BRANCH24 || span->obj->module)
		return false;
	return to ? !rel->target_off && om_is_code(to) && to->symbol && to->symbol->bind != STB_LOCAL : !rel->addend;
}

enum { ANYWHERE, KNOWN_HERE, WITH_TOC, REACHES_OUT };

static const struct {
	const char *why;
} of_assembly[] = {
	{ "assembler code outside of arch/powerpc/lib may run where the new code cannot be reached (in real mode)" },
	{ "an assembler function that only its file knows may be called with arguments in registers that a hook needs" },
	{ "an assembler function with a TOC pointer, which it would not give back" },
	{ "assembler code that reaches something by a distance, and not by a call or jump to a global function of vmlinux: in a module, it lies too far away" },
};

/*
 * A function that takes nothing but what its caller has put into registers, and reaches no data by r2, is as right in a module as in the kernel, if its
 * calls find their way; and where anybody may call it, r0, r11, r12 and CTR are free at its entry, as the linker may put a stub in between (ABI 2.2.1.1).
 */
const char *om_ppc64le_refused_assembly(const struct om_span *post, uint64_t *off)
{
	*off = 0;
	if (may_be_anywhere(post->obj->unit))
		return of_assembly[ANYWHERE].why;
	if (!post->symbol || post->symbol->bind == STB_LOCAL)
		return of_assembly[KNOWN_HERE].why;
	if (om_ppc64le_local_entry(post))
		return of_assembly[WITH_TOC].why;
	om_for_each_reloc(rel, post) {
		*off = rel->offset - post->start;
		if (!may_branch(post, rel))
			return of_assembly[REACHES_OUT].why;
	}
	return NULL;
}
