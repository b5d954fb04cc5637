// SPDX-License-Identifier: GPL-2.0-or-later
/* The functions that are refused by name, since splicing runs on them, and why. */
#include "objmanip/refuse-names.h"

#include <string.h>

#include "objmanip/names.h"

#define STOPPING "splicing stops the machine with it, so it runs while it would be rewritten"
#define WRITING "splicing writes the hooks with it"
#define UNWINDING "splicing checks the stacks with it"
#define SCHEDULING "every sleeping task is inside of it, so it is never quiet"
#define ENTRY "an interrupt or exception that cannot be held off runs it, also while hooks are written"
#define MACHINE_CHECK "a machine check, which nothing holds off, may run it while its hook is written"
#define RENDEZVOUS "idle CPUs are inside of it, so it is never quiet"

/* A trailing '*' stands for anything. Names of 6.1 and later, by file. */
static const struct {
	const char *name, *why;
} rows[] = {
	{ "multi_cpu_stop", STOPPING },			/* kernel/stop_machine.c; its unit is below */
	{ "cpu_stopper_thread", STOPPING },
	{ "stop_machine*", STOPPING },
	{ "smpboot_thread_fn", STOPPING },		/* kernel/smpboot.c: the stopper's loop */
	/* arch/x86/kernel/alternative.c, mm/vmalloc.c, arch/x86/kernel/cpu/common.c */
	{ "text_poke*", WRITING },
	{ "__text_poke", WRITING },
	{ "poke_int3_handler", WRITING },
	{ "sync_core*", WRITING },
	{ "do_sync_core", WRITING },
	/* arch/x86/lib/mem*_64.S */
	{ "memcpy", WRITING },
	{ "memcpy_orig", WRITING },
	{ "memcpy_erms", WRITING },
	{ "__memcpy", WRITING },
	{ "memset", WRITING },
	{ "memset_orig", WRITING },
	{ "memset_erms", WRITING },
	{ "__memset", WRITING },
	{ "memmove", WRITING },
	{ "__memmove", WRITING },
	{ "memcmp", WRITING },
	{ "bcmp", WRITING },
	{ "vmap", WRITING },
	{ "vunmap", WRITING },
	/* arch/x86/kernel/unwind_orc.c, stacktrace.c, dumpstack_64.c, kernel/stacktrace.c, kernel/extable.c */
	{ "unwind_next_frame", UNWINDING },
	{ "__unwind_start", UNWINDING },
	{ "unwind_get_return_address*", UNWINDING },
	{ "orc_find", UNWINDING },
	{ "deref_stack_*", UNWINDING },
	{ "get_stack_info*", UNWINDING },
	{ "in_task_stack", UNWINDING },
	{ "in_entry_stack", UNWINDING },
	{ "arch_stack_walk*", UNWINDING },
	{ "stack_trace_save*", UNWINDING },
	{ "stack_trace_consume_entry*", UNWINDING },
	{ "kernel_text_address", UNWINDING },
	{ "__kernel_text_address", UNWINDING },
	{ "core_kernel_text", UNWINDING },
	{ "is_module_text_address", UNWINDING },
	{ "__module_text_address", UNWINDING },
	{ "__module_address", UNWINDING },
	{ "ftrace_graph_ret_addr", UNWINDING },
	{ "kretprobe_find_ret_addr", UNWINDING },
	/* kernel/sched/core.c, arch/x86/kernel/process_64.c */
	{ "schedule", SCHEDULING },
	{ "__schedule", SCHEDULING },
	{ "context_switch", SCHEDULING },
	{ "__switch_to*", SCHEDULING },
	{ "finish_task_switch", SCHEDULING },
	{ "schedule_tail", SCHEDULING },
	{ "ret_from_fork*", SCHEDULING },
	{ "preempt_schedule*", SCHEDULING },
	{ "do_idle", RENDEZVOUS },
	{ "cpu_startup_entry", RENDEZVOUS },
	{ "default_idle*", RENDEZVOUS },
	{ "cpuidle_idle_call", RENDEZVOUS },
	/* arch/x86/kernel/nmi.c, traps.c, entry/ */
	{ "exc_*", ENTRY },
	{ "asm_exc_*", ENTRY },
	{ "do_nmi", ENTRY },
	{ "default_do_nmi", ENTRY },
	{ "nmi_handle", ENTRY },
	{ "nmi_enter", ENTRY },
	{ "nmi_exit", ENTRY },
	{ "do_int3*", ENTRY },
	{ "do_machine_check", ENTRY },
	{ "entry_SYSCALL*", ENTRY },
	{ "error_entry", ENTRY },
	{ "paranoid_entry", ENTRY },
	{ "paranoid_exit", ENTRY },
};

/* Small helpers in these have names that other units use as well (set_state). A '*' stands for anything. */
static const struct {
	const char *name, *why;
} units[] = {
	{ "kernel/stop_machine.o", STOPPING },
	{ "arch/x86/kernel/unwind_orc.o", UNWINDING },
	/*
	 * The core holds off NMI handlers while it writes hooks (docs/safety.md), not machine checks.  What of a unit one reaches
	 * is not to be seen in it alone, since its functions are called through pointers.
	 */
	{ "arch/x86/kernel/cpu/mce/*", MACHINE_CHECK },
	/* Copied into each trampoline of ftrace's, and hooks may run through these. */
	{ "arch/x86/kernel/ftrace_64.o", WRITING },
	/* exc_nmi() itself, and the switch that holds off the rest */
	{ "arch/x86/kernel/nmi.o", ENTRY },
};

static const struct {
	const char *name, *why;
} sections[] = {
	{ ".noinstr.text", "marked noinstr: it runs where nothing may be instrumented or redirected" },
	{ ".entry.text", ENTRY },
	{ ".cpuidle.text", RENDEZVOUS },
	{ ".text..__x86.", "the mitigation of speculation, which the kernel itself rewrites wherever it is called" },
	{ ".head.text", "it runs before the kernel does" },
};

static bool matches(const char *pattern, const char *name, size_t len)
{
	const char *star = strchr(pattern, '*');
	size_t head = star ? (size_t)(star - pattern) : strlen(pattern), tail = star ? strlen(star + 1) : 0;

	if (!star)
		return len == head && !strncmp(pattern, name, head);
	return len >= head + tail && !strncmp(pattern, name, head) && !strncmp(star + 1, name + len - tail, tail);
}

const char *om_refused_by_name(const struct om_span *span)
{
	/* All of these are built in; a module may have a function of its own by that name. */
	if (span->obj->module)
		return NULL;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (matches(units[i].name, span->obj->unit, strlen(span->obj->unit)))
			return units[i].why;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (matches(rows[i].name, span->name, om_name_root_len(span->name)))
			return rows[i].why;
	return NULL;
}

const char *om_refused_by_section(const struct om_span *span)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		if (!strncmp(span->section->name, sections[i].name, strlen(sections[i].name)))
			return sections[i].why;
	return NULL;
}
