// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a match module does (kmodsrc/update/match-main.c), without loading one for each piece of match data: every write to
 * /sys/kernel/debug/ksplice-feed is one, and goes to the core by the same two calls, from memory that ends where the data ends.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "ksplice.h"

#define MAX_SIZE (4u << 20)	/* bytes; far more than what is fed */

/* The core knows match data by its module, and here there is one for all. */
static DEFINE_MUTEX(one_at_a_time);
static struct dentry *entry;

static ssize_t feed_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	struct ksplice_match_module mm = { .module = THIS_MODULE, .size = count };
	ssize_t ret = count;
	void *data;
	int err;

	if (!count || count > MAX_SIZE)
		return -EFBIG;
	data = kvmalloc(count, GFP_KERNEL);
	if (!data)
		return -ENOBUFS;	/* the core's own is -ENOMEM */
	mm.data = data;
	if (copy_from_user(data, from, count)) {
		ret = -EFAULT;
	} else {
		mutex_lock(&one_at_a_time);
		err = ksplice_match_load(&mm);
		if (err)
			ret = err;
		else
			ksplice_match_unload(&mm);
		mutex_unlock(&one_at_a_time);
	}
	kvfree(data);
	return ret;
}

static const struct file_operations feed_operations = {
	.owner = THIS_MODULE,
	.write = feed_write,
};

static int __init feed_init(void)
{
	entry = debugfs_create_file("ksplice-feed", 0200, NULL, NULL, &feed_operations);
	return PTR_ERR_OR_ZERO(entry);
}

static void __exit feed_exit(void)
{
	debugfs_remove(entry);
}

module_init(feed_init);
module_exit(feed_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Feeds match data to the core of ksplice");
