// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests/bench/stop: what others take.  Parameters:
 *
 *	empty	written: stop_machine() is called with a function that does nothing
 *	took	read: ns of the last stop_machine(), whoever called it, from its first instruction to its return
 *	way	"klp": the kernel's live patching has cmdline_proc_show() replaced; "kprobe": a probe at "address" has it, with the same
 *		new function; "counter": a probe at "address" that only counts. "text" is the address of saved_command_line
 */
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/stop_machine.h>

static char *way = "", *shown;
static unsigned long address, text, calls;
static u64 took;
module_param(way, charp, 0);
module_param(address, ulong, 0);
module_param(text, ulong, 0);
module_param(took, ullong, 0444);

/* As same-length.diff has it. */
static noinline int new_cmdline_proc_show(struct seq_file *m, void *v)
{
	seq_puts(m, shown);
	seq_putc(m, '\t');
	return 0;
}

static struct klp_func funcs[] = { { .old_name = "cmdline_proc_show", .new_func = new_cmdline_proc_show }, { } };
static struct klp_object objs[] = { { .funcs = funcs }, { } };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static int redirect(struct kprobe *p, struct pt_regs *regs)
{
	regs->ip = (unsigned long)new_cmdline_proc_show;
	return 1;
}

static int count(struct kprobe *p, struct pt_regs *regs)
{
	calls++;
	return 0;
}

/* Who has one may send the call elsewhere: kernel/kprobes.c, kprobe_ipmodify_ops, 6.1. */
static void after(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe kprobe;

static int nothing(void *data)
{
	return 0;
}

static int empty_set(const char *value, const struct kernel_param *kp)
{
	return stop_machine(nothing, NULL, cpu_online_mask);
}

static const struct kernel_param_ops empty_ops = { .set = empty_set };
module_param_cb(empty, &empty_ops, NULL, 0200);

static int begins(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	*(u64 *)ri->data = ktime_get_ns();
	return 0;
}

static int ends(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	took = ktime_get_ns() - *(u64 *)ri->data;
	return 0;
}

static struct kretprobe stops = {
	.kp.symbol_name = "stop_machine", .entry_handler = begins, .handler = ends, .data_size = sizeof(u64), .maxactive = 4,
};

static int __init ways_init(void)
{
	if (!strcmp(way, "klp")) {
		shown = *(char **)text;
		return klp_enable_patch(&patch);
	}
	if (!address)
		return register_kretprobe(&stops);
	kprobe.addr = (void *)address;
	kprobe.pre_handler = count;
	if (!strcmp(way, "kprobe")) {
		shown = *(char **)text;
		kprobe.pre_handler = redirect;
		kprobe.post_handler = after;
	}
	return register_kprobe(&kprobe);
}

static void __exit ways_exit(void)
{
	if (!strcmp(way, "klp"))
		return;
	if (address)
		unregister_kprobe(&kprobe);
	else
		unregister_kretprobe(&stops);
}

module_init(ways_init);
module_exit(ways_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
