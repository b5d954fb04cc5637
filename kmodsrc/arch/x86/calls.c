// SPDX-License-Identifier: GPL-2.0-only
/* x86_64: writes the jumps of kernel calls. */
#include <linux/smp.h>

#include "../../core.h"
#include "../../symbols.h"
#include "../../text.h"

/*
 * No processor has ever executed it, so nobody is in the middle of it: it is written as the module loader writes a module's text.  What a
 * processor may have fetched by chance is gone after ksplice_jumps_ready().
 */
int ksplice_jump_set(unsigned long jump, unsigned long addr)
{
	u8 now[KSPLICE_HOOK_LEN], bytes[KSPLICE_HOOK_LEN];
	struct ksplice_write w = { .addr = jump, .len = sizeof(bytes), .expect = now, .bytes = bytes, .text = true };
	int err = ksplice_arch_hook(jump, addr, bytes);

	if (err)
		return err;
	memcpy(now, (void *)jump, sizeof(now));
	err = ksplice_write_prepare(&w);
	if (err)
		return err;
	if (!ksplice_write_do(&w))
		err = -EFAULT;
	ksplice_write_finish(&w);
	return err;
}

static void serialise(void *unused)
{
	ksplice_arch_sync();
}

void ksplice_jumps_ready(void)
{
	on_each_cpu(serialise, NULL, 1);
}
