// SPDX-License-Identifier: GPL-2.0-or-later
/* What sections are for, by their names. */
#include "objmanip/sections.h"

#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/special.h"

/*
 * First match counts. '*' stands for anything.  The names are those of include/asm-generic/vmlinux.lds.h,
 * arch/x86/kernel/vmlinux.lds.S and scripts/module.lds.S (6.1, 6.12) and those that kernel/module/main.c,
 * find_module_sections(), knows.
 */
static const struct known {
	const char *pattern;
	enum om_class class;
	enum om_class in_module;	/* OM_CLASS_NONE: the same */
	enum om_fate fate;		/* of OM_CLASS_OTHER, and of INIT where changes are of no interest */
	const char *what;
	uint32_t entry;			/* bytes, for tables whose entries have no symbols */
	bool packed;			/* om_section_packed() */
} sections[] = {
	{ ".discard.*", OM_CLASS_NONE },	/* include/asm-generic/vmlinux.lds.h, DISCARDS */
	{ ".modinfo", OM_CLASS_NONE },
	{ ".ksplice.*", OM_CLASS_AUTHOR },
	{ ".note.*", OM_CLASS_NONE },
	{ ".gnu.warning*", OM_CLASS_NONE },
	/*
	 * What objtool finds nobody to point to.  It has seen one unit, so it cannot know; a function of the code module keeps
	 * its ENDBR.
	 */
	{ ".ibt_endbr_seal", OM_CLASS_NONE },
	{ ".init.*", OM_CLASS_INIT },
	{ ".initcall*", OM_CLASS_INIT },
	{ ".con_initcall*", OM_CLASS_INIT },
	/* vmlinux.lds.S of x86 drops .exit.* at boot; a module keeps it until it is unloaded. */
	{ ".exit.text*", OM_CLASS_INIT, OM_CLASS_TEXT },
	{ ".exit.data*", OM_CLASS_INIT, OM_CLASS_DATA },
	{ ".exitcall.exit", OM_CLASS_INIT },
	{ ".altinstr_replacement", OM_CLASS_REPLACEMENT },
	{ ".altinstr_aux", OM_CLASS_REPLACEMENT },
	/* arch/powerpc/include/asm/feature-fixups.h */
	{ "__ftr_alt_*", OM_CLASS_REPLACEMENT },
	{ ".toc", OM_CLASS_TOC },
	{ ".orc_unwind", OM_CLASS_TABLE },
	{ ".orc_header", OM_CLASS_NONE },	/* b9f174c811e3 (6.4): a hash of the format, for the loader; kbuild makes it */
	{ "___ksymtab*", OM_CLASS_EXPORT },
	{ "___kcrctab*", OM_CLASS_EXPORT },
	{ "__ksymtab*", OM_CLASS_EXPORT },
	{ "__kcrctab*", OM_CLASS_EXPORT },
	{ ".export_symbol", OM_CLASS_EXPORT },	/* ddb5cdbafaaa (6.5): what modpost makes the tables from */
	{ ".data..percpu*", OM_CLASS_PERCPU },
	/* gcc/asan.cc: what a unit's constructor tells KASAN about its globals, once. New ones go unregistered, which is no harm. */
	{ OM_ASAN_GLOBALS "*", OM_CLASS_INIT, .fate = OM_FATE_INFORMS },
	{ ".text.startup._sub_I_*", OM_CLASS_INIT, .fate = OM_FATE_INFORMS },
	{ ".text.exit._sub_D_*", OM_CLASS_INIT, .fate = OM_FATE_INFORMS },
	/* gcc/ubsan.cc: names of types; nobody writes there. */
	{ ".data..Lubsan_type*", OM_CLASS_RODATA },
	{ ".data*", OM_CLASS_DATA },
	{ ".bss*", OM_CLASS_DATA },
	{ ".ref.data", OM_CLASS_DATA },
	/* Kept with CONFIG_MEMORY_HOTPLUG; without it, only init code refers to it. Gone since 6.13. */
	{ ".meminit.data", OM_CLASS_DATA },
	{ ".meminit.rodata", OM_CLASS_RODATA },
	{ ".vvar_*", OM_CLASS_DATA },
	{ "__tracepoint_str", OM_CLASS_DATA },	/* ___tp_str of tracepoint_string(), include/linux/tracepoint.h */
	{ ".rodata*", OM_CLASS_RODATA },
	{ ".ref.rodata", OM_CLASS_RODATA },
	{ OM_TRACE_FORMATS, OM_CLASS_RODATA },
	{ "__*_sched_class", OM_CLASS_RODATA },	/* kernel/sched/sched.h, DEFINE_SCHED_CLASS */
	/* struct pci_fixup, include/linux/pci.h, with CONFIG_HAVE_ARCH_PREL32_RELOCATIONS. */
	{ ".pci_fixup_early", OM_CLASS_OTHER, .fate = OM_FATE_BOOT, .what = "fixups of PCI devices", .entry = 16 },
	{ ".pci_fixup_header", OM_CLASS_OTHER, .fate = OM_FATE_BOOT, .what = "fixups of PCI devices", .entry = 16 },
	{ ".pci_fixup_final", OM_CLASS_OTHER, .fate = OM_FATE_BOOT, .what = "fixups of PCI devices", .entry = 16 },
	{ ".pci_fixup_*", OM_CLASS_OTHER, .fate = OM_FATE_FIXED, .what = "fixups of PCI devices", .entry = 16 },
	{ ".x86_cpu_dev.init", OM_CLASS_OTHER, .fate = OM_FATE_BOOT, .what = "drivers of CPU vendors" },
	{ ".x86_intel_mid_dev.init", OM_CLASS_OTHER, .fate = OM_FATE_BOOT, .what = "Intel MID platforms" },
	{ ".apicdrivers", OM_CLASS_OTHER, .fate = OM_FATE_BOOT, .what = "drivers of the APIC" },
	{ ".lsm_info.init", OM_CLASS_OTHER, .fate = OM_FATE_BOOT, .what = "security modules" },
	{ ".early_lsm_info.init", OM_CLASS_OTHER, .fate = OM_FATE_BOOT, .what = "security modules" },
	{ ".kunit_test_suites", OM_CLASS_OTHER, .fate = OM_FATE_BOOT, .what = "KUnit tests" },
	{ ".dtb.init.rodata", OM_CLASS_OTHER, .fate = OM_FATE_BOOT, .what = "device trees" },
	{ ".builtin_fw", OM_CLASS_OTHER, .fate = OM_FATE_FIXED, .what = "firmware in the kernel" },
	{ ".tracedata", OM_CLASS_OTHER, .fate = OM_FATE_FIXED, .what = "marks of the resume tracer" },
	{ "__earlycon_table", OM_CLASS_OTHER, .fate = OM_FATE_BOOT, .what = "early consoles" },
	{ "__*_acpi_probe_table", OM_CLASS_OTHER, .fate = OM_FATE_BOOT, .what = "devices found in ACPI tables" },
	{ "__*_of_table", OM_CLASS_OTHER, .fate = OM_FATE_BOOT, .what = "devices found in device trees" },
	{ "__*_thermal_table", OM_CLASS_OTHER, .fate = OM_FATE_BOOT, .what = "thermal governors" },
	{ "__modver", OM_CLASS_OTHER, .fate = OM_FATE_INFORMS, .what = "versions of drivers" },
	{ ".BTF_ids", OM_CLASS_OTHER, .fate = OM_FATE_BTF, .what = "BTF ids of functions and types", .packed = true },
	{ "__bpf_raw_tp_map", OM_CLASS_OTHER, .fate = OM_FATE_TRACE, .what = "tracepoints" },
	/* One 32-bit distance each: include/linux/tracepoint.h, __TRACEPOINT_ENTRY(). */
	{ "__tracepoints_ptrs", OM_CLASS_OTHER, .fate = OM_FATE_TRACE, .what = "tracepoints", .entry = 4 },
	{ "__tracepoints*", OM_CLASS_OTHER, .fate = OM_FATE_TRACE, .what = "tracepoints" },
	{ "_ftrace_events", OM_CLASS_OTHER, .fate = OM_FATE_TRACE, .what = "trace events" },
	{ "_ftrace_eval_map", OM_CLASS_OTHER, .fate = OM_FATE_INFORMS, .what = "names of values, for the formats of trace events" },
	{ "__syscalls_metadata", OM_CLASS_OTHER, .fate = OM_FATE_TRACE, .what = "system calls, as tracers see them" },
	{ "__param", OM_CLASS_OTHER, .fate = OM_FATE_WITH_DATA, .what = "module parameters" },
	{ "___srcu_struct_ptrs", OM_CLASS_OTHER, .fate = OM_FATE_WITH_DATA, .what = "static SRCU domains of modules" },
	{ "__dyndbg", OM_CLASS_OTHER, .fate = OM_FATE_DEBUG, .what = "debug messages" },
	{ ".printk_index", OM_CLASS_OTHER, .fate = OM_FATE_INDEX, .what = "the index of messages" },
	/* What modules may call instead of a static call; updates get the trampolines published. */
	{ ".static_call_tramp_key", OM_CLASS_OTHER, .fate = OM_FATE_INFORMS, .what = "trampolines and keys of static calls" },
};

/* At most one '*'. */
static bool matches(const char *pattern, const char *name)
{
	const char *star = strchr(pattern, '*');
	size_t head = star ? (size_t)(star - pattern) : 0, tail = star ? strlen(star + 1) : 0, len = strlen(name);

	if (!star)
		return !strcmp(pattern, name);
	return len >= head + tail && !strncmp(pattern, name, head) && !strcmp(star + 1, name + len - tail);
}

static const struct known *find_named(const struct om_section *sec)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		if (matches(sections[i].pattern, sec->name))
			return &sections[i];
	return NULL;
}

/* Code where the kernel has only data: nothing that is known of these sections is true of it. */
static bool is_misplaced(const struct om_section *sec, const struct known *known)
{
	return sec->flags & SHF_EXECINSTR &&
	       (known->class == OM_CLASS_DATA || known->class == OM_CLASS_RODATA || known->class == OM_CLASS_PERCPU);
}

static const struct known *find(const struct om_section *sec)
{
	const struct known *known = find_named(sec);

	return known && !is_misplaced(sec, known) ? known : NULL;
}

enum om_class om_section_class(const struct om_section *sec)
{
	const struct known *known = find(sec);

	if (!(sec->flags & SHF_ALLOC) || (sec->type != SHT_PROGBITS && sec->type != SHT_NOBITS))
		return OM_CLASS_NONE;
	/* Where they are for padding, they are not for ftrace (HAVE_DYNAMIC_FTRACE_NO_PATCHABLE), and nobody reads them. */
	if (sec->obj->arch->padding && !strcmp(sec->name, "__patchable_function_entries"))
		return OM_CLASS_NONE;
	if (om_table_of(sec->name))
		return OM_CLASS_TABLE;
	if (sec->flags & SHF_MERGE && sec->entsize && !(sec->flags & SHF_EXECINSTR) && strncmp(sec->name, ".init", 5))
		return sec->flags & SHF_STRINGS ? OM_CLASS_STRINGS : OM_CLASS_CONSTS;
	if (known)
		return sec->obj->module && known->in_module ? known->in_module : known->class;
	return sec->flags & SHF_EXECINSTR && !find_named(sec) ? OM_CLASS_TEXT : OM_CLASS_OTHER;
}

enum om_fate om_section_fate(const struct om_section *sec)
{
	const struct known *known = find(sec);

	return known ? known->fate : OM_FATE_UNKNOWN;
}

const char *om_section_what(const struct om_section *sec)
{
	const struct known *known = find(sec);

	return known && known->what ? known->what : "";
}

/* arch_within_kprobe_blacklist(), kernel/kprobes.c; kernel/module/main.c, find_module_sections(). */
bool om_section_free_of_probes(const struct om_section *sec)
{
	return !strcmp(sec->name, ".kprobes.text") || !strcmp(sec->name, ".noinstr.text");
}

uint32_t om_section_entry(const struct om_section *sec)
{
	const struct known *known = sec->class == OM_CLASS_OTHER && sec->obj->arch->prel32 ? find(sec) : NULL;

	return known ? known->entry : 0;
}

bool om_section_packed(const struct om_section *sec)
{
	const struct known *known = sec->class == OM_CLASS_OTHER ? find(sec) : NULL;

	return known && known->packed;
}

bool om_section_ubsan(const struct om_section *sec)
{
	return !strncmp(sec->name, ".data..Lubsan_data", strlen(".data..Lubsan_data"));
}

bool om_section_trampolines(const struct om_section *sec)
{
	return !strcmp(sec->name, ".static_call.text");
}

bool om_section_exit(const struct om_section *sec)
{
	return sec->class == OM_CLASS_INIT && !strncmp(sec->name, ".exit", 5);
}
