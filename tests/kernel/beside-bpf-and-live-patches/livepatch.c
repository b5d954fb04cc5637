// SPDX-License-Identifier: GPL-2.0-only
/* A live patch of the kernel's: of cmdline_proc_show(), in vmlinux or in the module "object", or of random_read_iter(). */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

static char *object, *function = "cmdline_proc_show";
module_param(object, charp, 0);
module_param(function, charp, 0);

static int patched_cmdline_proc_show(struct seq_file *m, void *v)
{
	seq_puts(m, "kernel live patch\n");
	return 0;
}

static ssize_t patched_random_read_iter(struct kiocb *kiocb, struct iov_iter *iter)
{
	return 0;
}

static struct klp_func funcs[] = { { }, { } };
static struct klp_object objs[] = { { .funcs = funcs }, { } };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static int __init livepatch_init(void)
{
	funcs[0].old_name = function;
	funcs[0].new_func = !strcmp(function, "random_read_iter") ? (void *)patched_random_read_iter : patched_cmdline_proc_show;
	objs[0].name = object;
	return klp_enable_patch(&patch);
}

static void __exit livepatch_exit(void)
{
}

module_init(livepatch_init);
module_exit(livepatch_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
