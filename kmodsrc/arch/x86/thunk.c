// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86_64: the small pieces of code that the kernel puts between a branch and where it leads, for mitigations of some CPUs.
 *
 *	ITS		an indirect branch in the wrong half of a cache line becomes one to a "jmp *%reg" in the right half: one of
 *			the array __x86_indirect_its_thunk_array, or one that was made for this place (its_allocate_thunk(), 6.1
 *			and 6.12).  The latter have no names, so they count as the one of the array for that register
 *	ftrace		what a single tracer traces calls a copy of ftrace_caller or ftrace_regs_caller that was made for that tracer
 *			(create_trampoline() in ftrace.c, 6.1 and 6.12), and counts as a call of ftrace_caller
 *	call depth	a call leads to the padding before the function, where a counter is shifted (patch_dest(), 6.12)
 *
 * All else in arch/x86/kernel/alternative.c and callthunks.c.
 */
#include <linux/align.h>
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "../../core.h"
#include "../../symbols.h"
#include "thunk.h"

/* The array, a line of 64 bytes for each register (arch/x86/lib/retpoline.S, ITS_THUNK); 0: this kernel has none. */
static unsigned long its_array;
#define ITS_STRIDE 64

/* skl_call_thunk_template, "sarq $5, %gs:disp32(%rip)" (6.12); 0: this kernel has none. */
static unsigned long template;
#define TEMPLATE_LEN 9
#define TEMPLATE_DISP 4	/* at this byte */
/* How functions are aligned that have padding: bea75b33895f ("x86/Kconfig: Introduce function padding", v6.2). */
#define FUNCTION_ALIGNMENT 16

unsigned long ksplice_ftrace_caller;

void ksplice_thunk_init(void)
{
	unsigned long end = kernel_call(ksplice_kallsyms_lookup_name)("skl_call_thunk_tail");

	template = kernel_call(ksplice_kallsyms_lookup_name)("skl_call_thunk_template");
	if (end - template != TEMPLATE_LEN)
		template = 0;
	its_array = kernel_call(ksplice_kallsyms_lookup_name)("__x86_indirect_its_thunk_array");
	ksplice_ftrace_caller = kernel_call(ksplice_kallsyms_lookup_name)("ftrace_caller");
}

static bool in_a_module(unsigned long addr)
{
	bool ret;

	preempt_disable();	/* __module_address(), kernel/module/main.c, 6.1 and 6.12 */
	ret = kernel_call(ksplice_module_address)(addr);
	preempt_enable();
	return ret;
}

/* The array's "jmp *%reg; int3" for the register of the one at @addr, or 0 if there is none. */
static unsigned long named_its_thunk(unsigned long addr)
{
	u8 code[4];
	const u8 *jmp;

	if (!its_array || !ksplice_arch_in_modules(addr) || in_a_module(addr) ||
	    copy_from_kernel_nofault(code, (void *)addr, sizeof(code)))
		return 0;
	jmp = code[0] == 0x41 ? code + 1 : code;
	if (jmp[0] != 0xff || (jmp[1] & 0xf8) != 0xe0 || jmp[2] != 0xcc)
		return 0;
	return its_array + ((jmp[1] & 7) + 8 * (jmp - code)) * ITS_STRIDE;
}

/* The function before which the template lies, at @addr, or 0. The operand is relative and so not the same bytes. */
static unsigned long counted_function(unsigned long addr)
{
	u8 here[TEMPLATE_LEN], there[TEMPLATE_LEN];
	s32 a, b;

	if (!template || !IS_ALIGNED(addr + TEMPLATE_LEN, FUNCTION_ALIGNMENT) ||
	    copy_from_kernel_nofault(here, (void *)addr, sizeof(here)) ||
	    copy_from_kernel_nofault(there, (void *)template, sizeof(there)))
		return 0;
	memcpy(&a, here + TEMPLATE_DISP, sizeof(a));
	memcpy(&b, there + TEMPLATE_DISP, sizeof(b));
	if (addr + a != template + b)
		return 0;
	memcpy(here + TEMPLATE_DISP, there + TEMPLATE_DISP, sizeof(a));
	return memcmp(here, there, sizeof(here)) ? 0 : addr + TEMPLATE_LEN;
}

/* ftrace_caller, if a tracer's own copy of it begins at @addr, else 0. */
static unsigned long traced(unsigned long addr)
{
	unsigned long ret = 0;
#ifdef CONFIG_DYNAMIC_FTRACE
	struct ftrace_ops *ops;

	/* Who takes an ops away waits for all who may have it from the list: ftrace_shutdown(), synchronize_rcu_tasks() and before. */
	preempt_disable();
	ops = ksplice_arch_in_modules(addr) ? kernel_call(ksplice_ftrace_ops_trampoline)(addr) : NULL;
	if (ops && ops->trampoline == addr)
		ret = ksplice_ftrace_caller;
	preempt_enable();
#endif
	return ret;
}

unsigned long ksplice_arch_through_thunk(unsigned long addr)
{
	unsigned long to;

	if (!ksplice_arch_readable(addr))
		return addr;
	to = traced(addr);
	if (!to)
		to = named_its_thunk(addr);
	if (!to)
		to = counted_function(addr);
	return to ? to : addr;
}

size_t ksplice_arch_nr_code_pages(const struct module *mod)
{
#ifdef CONFIG_MITIGATION_ITS
	return mod->its_num_pages;
#else
	return 0;
#endif
}

unsigned long ksplice_arch_code_page(const struct module *mod, size_t i)
{
#ifdef CONFIG_MITIGATION_ITS
	return (unsigned long)mod->its_page_array[i];
#else
	return 0;
#endif
}
