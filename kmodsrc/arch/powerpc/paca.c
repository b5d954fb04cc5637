// SPDX-License-Identifier: GPL-2.0-only
/* What the module loader's stubs to a tracer go by: arch/powerpc/kernel/module_64.c, create_ftrace_stub(), 6.1. */
#include <linux/cache.h>
#include <linux/preempt.h>

#include <asm/paca.h>

#include "../../core.h"
#include "../../runpre/runpre.h"

/* The same in each processor's area (arch/powerpc/kernel/paca.c, initialise_paca()), and for as long as the kernel runs. */
const struct runpre_paca *ksplice_arch_paca(void)
{
	static struct runpre_paca paca = { .toc_at = offsetof(struct paca_struct, kernel_toc) };

	preempt_disable();
	paca.toc = get_paca()->kernel_toc;
	preempt_enable();
	return &paca;
}
