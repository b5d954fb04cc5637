// SPDX-License-Identifier: GPL-2.0-only
/*
 * ppc64le: a hook is seven instructions behind the ftrace entry, a jump to the global entry of the replacement that needs no memory and
 * leaves LR, r1 and r2 as they were; docs/ppc64le.md says why that is enough.
 */
#include <linux/ftrace.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <asm/cacheflush.h>
#include <asm/machdep.h>
#include <asm/synch.h>

#include "../../core.h"

#define LIS_R12		0x3d800000u	/* addis r12,0,imm */
#define ORI_R12		0x618c0000u	/* ori r12,r12,imm */
#define ORIS_R12	0x658c0000u	/* oris r12,r12,imm */
#define SLDI_R12_32	0x798c07c6u	/* sldi r12,r12,32 */
#define MTCTR_R12	0x7d8903a6u
#define BCTR		0x4e800420u

#define BL		0x48000001u	/* bl: but for its 24 bits */
#define BL_MASK		0xfc000003u

int ksplice_arch_init(void)
{
	BUILD_BUG_ON(!IS_ENABLED(CONFIG_CPU_LITTLE_ENDIAN));
	return 0;
}

int ksplice_arch_hook(unsigned long at, unsigned long to, u8 hook[KSPLICE_HOOK_LEN])
{
	const u32 insns[] = {
		LIS_R12 | (to >> 48),
		ORI_R12 | (to >> 32 & 0xffff),
		SLDI_R12_32,
		ORIS_R12 | (to >> 16 & 0xffff),
		ORI_R12 | (to & 0xffff),
		MTCTR_R12,
		BCTR,
	};

	BUILD_BUG_ON(sizeof(insns) != KSPLICE_HOOK_LEN);
	memcpy(hook, insns, sizeof(insns));
	return 0;
}

/* The kernel writes into code as ftrace, jump labels and kprobes alone, when it has booted and mitigations are left as they are. */
bool ksplice_arch_text_reserved(unsigned long start, unsigned long end)
{
	return false;
}

/* Each of these writes a word at a time (arch/powerpc/lib/code-patching.c, 6.1), so nothing is ever half done. */
void ksplice_arch_text_lock(void)
{
}

void ksplice_arch_text_unlock(void)
{
}

/* "bl", directly or through one of the kernel's trampolines (arch/powerpc/kernel/trace/ftrace.c, __ftrace_make_call(), 6.1); else a nop. */
bool ksplice_arch_calls_tracer(unsigned long ip)
{
	return (READ_ONCE(*(u32 *)ip) & BL_MASK) == BL;
}

/* ftrace_regs_caller goes on at nip by CTR, with all other registers as they are in @fregs (ftrace_mprofile.S, ftrace_regs_exit, 6.1). */
void ksplice_arch_go_on(struct ftrace_regs *fregs, unsigned long to)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	regs->gpr[12] = to;
	regs_set_return_ip(regs, to);
}

/* The linear mapping, in which the kernel is, and vmalloc space, which has modules; device memory is mapped elsewhere (asm/book3s/64/pgtable.h, 6.1). */
bool ksplice_arch_readable(unsigned long addr)
{
	return virt_addr_valid(addr) || ksplice_arch_in_modules(addr);
}

bool ksplice_arch_in_modules(unsigned long addr)
{
	return addr >= VMALLOC_START && addr < VMALLOC_END;
}

struct page *ksplice_arch_text_page(unsigned long addr)
{
	if (ksplice_arch_in_modules(addr))
		return vmalloc_to_page((void *)addr);
	return virt_addr_valid(addr) ? virt_to_page((void *)addr) : NULL;
}

/* Stubs and trampolines belong to the module whose text they are in. */
size_t ksplice_arch_nr_code_pages(const struct module *mod)
{
	return 0;
}

unsigned long ksplice_arch_code_page(const struct module *mod, size_t i)
{
	return 0;
}

unsigned long ksplice_arch_task_sp(const struct task_struct *t)
{
	return t->thread.ksp;
}

/*
 * Of what comes though interrupts are off, a system reset asks this function of the machine's first, and if that says that nothing is
 * left to do, goes back to where it came from (arch/powerpc/kernel/traps.c, system_reset_exception(), 6.1).  One that comes in these
 * microseconds is lost.  A machine check is not held off; what handles it is refused by name.
 */
static int (*system_reset)(struct pt_regs *regs);

static int lose_reset(struct pt_regs *regs)
{
	return 1;
}

void ksplice_arch_nmi_off(void)
{
	system_reset = ppc_md.system_reset_exception;
	WRITE_ONCE(ppc_md.system_reset_exception, lose_reset);
	smp_mb();
}

void ksplice_arch_nmi_on(void)
{
	WRITE_ONCE(ppc_md.system_reset_exception, system_reset);
}

void ksplice_arch_sync(void)
{
	isync();
}

void ksplice_arch_flush(unsigned long addr, size_t len)
{
	flush_icache_range(addr, addr + len);
}
