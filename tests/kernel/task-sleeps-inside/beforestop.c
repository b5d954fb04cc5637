// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who calls stop_machine() is kept at its first instruction until "go" is written, for 10 seconds at most; "reached" tells that he is there.
 * All others run.
 */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>

static int reached, go;
module_param(reached, int, 0444);
module_param(go, int, 0200);

static int wait_here(struct kprobe *p, struct pt_regs *regs)
{
	int ms;

	WRITE_ONCE(reached, 1);
	for (ms = 0; ms < 10000 && !READ_ONCE(go); ms++)
		mdelay(1);
	return 0;
}

static struct kprobe probe = { .symbol_name = "stop_machine", .pre_handler = wait_here };

static int __init beforestop_init(void)
{
	return register_kprobe(&probe);
}

static void __exit beforestop_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(beforestop_init);
module_exit(beforestop_exit);
MODULE_LICENSE("GPL");
