// SPDX-License-Identifier: GPL-2.0-or-later
/* The functions that are refused by name, since splicing runs on them, on every architecture, and how names are looked up. */
#include "objmanip/refuse-names.h"

#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/names.h"

/* A '*' stands for anything. Names of 6.1 and later, by file. */
static const struct om_refused_name functions[] = {
	{ "multi_cpu_stop", OM_REFUSED_STOPPING },		/* kernel/stop_machine.c; its unit is below */
	{ "cpu_stopper_thread", OM_REFUSED_STOPPING },
	{ "stop_machine*", OM_REFUSED_STOPPING },
	{ "smpboot_thread_fn", OM_REFUSED_STOPPING },		/* kernel/smpboot.c: the stopper's loop */
	/* lib/string.c, arch/ARCH/lib/, mm/vmalloc.c */
	{ "memcpy", OM_REFUSED_WRITING },
	{ "__memcpy", OM_REFUSED_WRITING },
	{ "memset", OM_REFUSED_WRITING },
	{ "__memset", OM_REFUSED_WRITING },
	{ "memmove", OM_REFUSED_WRITING },
	{ "__memmove", OM_REFUSED_WRITING },
	{ "memcmp", OM_REFUSED_WRITING },
	{ "bcmp", OM_REFUSED_WRITING },
	{ "vmap", OM_REFUSED_WRITING },
	{ "vunmap", OM_REFUSED_WRITING },
	/* arch/ARCH/kernel/stacktrace.c, kernel/stacktrace.c, kernel/extable.c */
	{ "arch_stack_walk*", OM_REFUSED_UNWINDING },
	{ "stack_trace_save*", OM_REFUSED_UNWINDING },
	{ "stack_trace_consume_entry*", OM_REFUSED_UNWINDING },
	{ "kernel_text_address", OM_REFUSED_UNWINDING },
	{ "__kernel_text_address", OM_REFUSED_UNWINDING },
	{ "core_kernel_text", OM_REFUSED_UNWINDING },
	{ "is_module_text_address", OM_REFUSED_UNWINDING },
	{ "__module_text_address", OM_REFUSED_UNWINDING },
	{ "__module_address", OM_REFUSED_UNWINDING },
	{ "ftrace_graph_ret_addr", OM_REFUSED_UNWINDING },
	{ "kretprobe_find_ret_addr", OM_REFUSED_UNWINDING },
	/* kernel/sched/core.c, idle.c, arch/ARCH/kernel/process*.c */
	{ "schedule", OM_REFUSED_SCHEDULING },
	{ "__schedule", OM_REFUSED_SCHEDULING },
	{ "context_switch", OM_REFUSED_SCHEDULING },
	{ "__switch_to*", OM_REFUSED_SCHEDULING },
	{ "finish_task_switch", OM_REFUSED_SCHEDULING },
	{ "schedule_tail", OM_REFUSED_SCHEDULING },
	{ "ret_from_fork*", OM_REFUSED_SCHEDULING },
	{ "preempt_schedule*", OM_REFUSED_SCHEDULING },
	{ "do_idle", OM_REFUSED_RENDEZVOUS },
	{ "cpu_startup_entry", OM_REFUSED_RENDEZVOUS },
	{ "default_idle*", OM_REFUSED_RENDEZVOUS },
	{ "cpuidle_idle_call", OM_REFUSED_RENDEZVOUS },
	/* include/linux/hardirq.h */
	{ "nmi_enter", OM_REFUSED_ENTRY },
	{ "nmi_exit", OM_REFUSED_ENTRY },
	{ 0 },
};

/* Small helpers in these have names that other units use as well (set_state). A '*' stands for anything. */
static const struct om_refused_name units[] = {
	{ "kernel/stop_machine.o", OM_REFUSED_STOPPING },
	{ 0 },
};

/* How the section's name begins. */
static const struct om_refused_name sections[] = {
	{ ".noinstr.text", "marked noinstr: it runs where nothing may be instrumented or redirected" },
	{ ".entry.text", OM_REFUSED_ENTRY },
	{ ".cpuidle.text", OM_REFUSED_RENDEZVOUS },
	{ ".head.text", "it runs before the kernel does" },
	{ 0 },
};

static bool matches(const char *pattern, const char *name, size_t len)
{
	const char *star = strchr(pattern, '*');
	size_t head = star ? (size_t)(star - pattern) : strlen(pattern), tail = star ? strlen(star + 1) : 0;

	if (!star)
		return len == head && !strncmp(pattern, name, head);
	return len >= head + tail && !strncmp(pattern, name, head) && !strncmp(star + 1, name + len - tail, tail);
}

static const char *find(const struct om_refused_name *rows, const char *name, size_t len)
{
	for (; rows->name; rows++)
		if (matches(rows->name, name, len))
			return rows->why;
	return NULL;
}

static const char *find_beginning(const struct om_refused_name *rows, const char *name)
{
	for (; rows->name; rows++)
		if (!strncmp(name, rows->name, strlen(rows->name)))
			return rows->why;
	return NULL;
}

const char *om_refused_by_name(const struct om_span *span)
{
	const struct om_arch *arch = span->obj->arch;
	const char *unit = span->obj->unit;
	size_t len = om_name_root_len(span->name);

	/* All of these are built in; a module may have a function of its own by that name. */
	if (span->obj->module)
		return NULL;
	return find(units, unit, strlen(unit)) ?: find(arch->refused_units, unit, strlen(unit)) ?:
	       find(functions, span->name, len) ?: find(arch->refused_functions, span->name, len);
}

const char *om_refused_by_section(const struct om_span *span)
{
	return find_beginning(sections, span->section->name) ?:
	       find_beginning(span->obj->arch->refused_sections, span->section->name);
}
