// SPDX-License-Identifier: GPL-2.0-only
/* x86_64: a hook is "jmp rel32" behind the ftrace entry. */
#include <linux/ftrace.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/vmalloc.h>
#include <asm/alternative.h>
#include <asm/nmi.h>
#include <asm/sync_core.h>

#include "../../compat.h"
#include "../../core.h"
#include "../../symbols.h"
#include "thunk.h"

#ifdef CONFIG_SMP
DEFINE_KERNEL_CALL(ksplice_alternatives_reserved, alternatives_text_reserved);
#endif

/* Held by whoever writes text and by whoever changes the list of lock prefix sites: arch/x86/kernel/alternative.c. */
static struct mutex *ksplice_text_mutex;

DEFINE_KERNEL_CALL(ksplice_stop_nmi, stop_nmi);
DEFINE_KERNEL_CALL(ksplice_restart_nmi, restart_nmi);

static unsigned long find(const char *name)
{
	unsigned long addr = kernel_call(ksplice_kallsyms_lookup_name)(name);

	if (!addr)
		pr_err("the kernel's symbol table has no %s\n", name);
	return addr;
}

int ksplice_arch_init(void)
{
	unsigned long stop = find("stop_nmi"), restart = find("restart_nmi");
	int err = 0;
#ifdef CONFIG_SMP
	unsigned long reserved = find("alternatives_text_reserved");

	if (!reserved)
		return -ENOENT;
	err = kernel_call_set(ksplice_alternatives_reserved, reserved);
#endif
	ksplice_text_mutex = (struct mutex *)find("text_mutex");
	if (!stop || !restart || !ksplice_text_mutex)
		return -ENOENT;
	if (!compat_nmi_can_be_held_off()) {
		pr_err("with FRED an NMI could see a half-written hook: boot with fred=off\n");
		return -EOPNOTSUPP;
	}
	if (!err)
		err = kernel_call_set(ksplice_stop_nmi, stop);
	if (!err)
		err = kernel_call_set(ksplice_restart_nmi, restart);
	kernel_calls_ready();
	if (err)
		return err;
	ksplice_thunk_init();
	return 0;
}

int ksplice_arch_hook(unsigned long at, unsigned long to, u8 hook[KSPLICE_HOOK_LEN])
{
	long distance = to - (at + KSPLICE_HOOK_LEN);
	s32 rel = distance;

	if (rel != distance)
		return -ERANGE;
	hook[0] = 0xe9;
	memcpy(hook + 1, &rel, sizeof(rel));
	return 0;
}

void ksplice_arch_text_lock(void)
{
	mutex_lock(ksplice_text_mutex);
}

void ksplice_arch_text_unlock(void)
{
	mutex_unlock(ksplice_text_mutex);
}

bool ksplice_arch_text_reserved(unsigned long start, unsigned long end)
{
#ifdef CONFIG_SMP
	bool ret;

	ksplice_arch_text_lock();
	/* Unlike the other functions of such names, this one takes the end for the first byte that is not asked about. */
	ret = kernel_call(ksplice_alternatives_reserved)((void *)start, (void *)end);
	ksplice_arch_text_unlock();
	return ret;
#else
	return false;
#endif
}

/*
 * "call rel32" (e8) is there while somebody traces the function (arch/x86/kernel/ftrace.c, ftrace_call_replace(), 6.1), and for a
 * moment an int3 (cc) while ftrace has it call another trampoline; else a nop.
 */
bool ksplice_arch_calls_tracer(unsigned long ip)
{
	u8 byte = READ_ONCE(*(u8 *)ip);

	return byte == 0xe8 || byte == 0xcc;
}

#ifdef CONFIG_DYNAMIC_FTRACE_WITH_REGS
void ksplice_arch_go_on(struct ftrace_regs *fregs, unsigned long to)
{
	compat_ftrace_set_ip(fregs, to);
}
#endif

/* The top 2 GiB: Documentation/x86/x86_64/mm.rst, 6.1; arch/x86 of 6.12. No device is mapped there. */
bool ksplice_arch_readable(unsigned long addr)
{
	return addr >= __START_KERNEL_map && addr < MODULES_END;
}

bool ksplice_arch_in_modules(unsigned long addr)
{
	return addr >= MODULES_VADDR && addr < MODULES_END;
}

struct page *ksplice_arch_text_page(unsigned long addr)
{
	if (ksplice_arch_in_modules(addr))
		return vmalloc_to_page((void *)addr);
	/* virt_to_page() knows the mapping of the kernel image: arch/x86/mm/physaddr.c, 6.1. */
	return virt_to_page((void *)addr);
}

unsigned long ksplice_arch_task_sp(const struct task_struct *t)
{
	return t->thread.sp;
}

/*
 * While ignore_nmis is set, exc_nmi() calls no handler (arch/x86/kernel/nmi.c, 6.1 and 6.12); the kernel's own rewriting of
 * alternatives is guarded so (alternative_instructions()).  An NMI that comes in these microseconds is lost.
 */
void ksplice_arch_nmi_off(void)
{
	kernel_call(ksplice_stop_nmi)();
}

void ksplice_arch_nmi_on(void)
{
	kernel_call(ksplice_restart_nmi)();
}

void ksplice_arch_sync(void)
{
	sync_core();
}

void ksplice_arch_flush(unsigned long addr, size_t len)
{
	/* Caches are coherent with writes through another mapping: Intel SDM vol. 3A, 12.6 "Self-Modifying Code". */
}

const struct runpre_paca *ksplice_arch_paca(void)
{
	return NULL;
}
