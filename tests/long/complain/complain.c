// SPDX-License-Identifier: GPL-2.0-only
/* Does, on loading, what a kernel made for debugging complains of; the parameter "how" says what. */
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

static char *how = "";
module_param(how, charp, 0);

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(lock);

/* The compiler must not know what is read where. */
static noinline char read_at(const char *p, size_t i)
{
	OPTIMIZER_HIDE_VAR(i);
	return READ_ONCE(p[i]);
}

static void beyond_slab(void)
{
	char *p = kzalloc(13, GFP_KERNEL);

	if (p)
		pr_info("%d\n", read_at(p, 13));
	kfree(p);
}

static void beyond_vmalloc(void)
{
	char *p = vzalloc(4097);

	if (p)
		pr_info("%d\n", read_at(p, 4097));
	vfree(p);
}

static void beyond_stack(void)
{
	char buf[13] = "";

	pr_info("%d\n", read_at(buf, 13));
}

static void after_free(void)
{
	char *p = kzalloc(13, GFP_KERNEL);

	kfree(p);
	if (p)
		pr_info("%d\n", read_at(p, 3));
}

static void locks_in_both_orders(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void sleeps_with_a_lock(void)
{
	spin_lock(&lock);
	msleep(1);
	spin_unlock(&lock);
}

static void lock_kept(void)
{
	mutex_lock(&first);
}

static void leaks(void)
{
	void *p = kmalloc(1234, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
}

static void list_broken(void)
{
	struct list_head head = LIST_HEAD_INIT(head), entry;

	list_add(&entry, &head);
	head.next = &head;
	list_del(&entry);
}

static const struct {
	const char *name;
	void (*act)(void);
} acts[] = {
	{ "beyond_slab", beyond_slab },
	{ "beyond_vmalloc", beyond_vmalloc },
	{ "beyond_stack", beyond_stack },
	{ "after_free", after_free },
	{ "locks_in_both_orders", locks_in_both_orders },
	{ "sleeps_with_a_lock", sleeps_with_a_lock },
	{ "lock_kept", lock_kept },
	{ "leaks", leaks },
	{ "list_broken", list_broken },
};

static int __init complain_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(acts); i++) {
		if (strcmp(acts[i].name, how))
			continue;
		acts[i].act();
		return 0;
	}
	return -EINVAL;
}

static void __exit complain_exit(void)
{
}

module_init(complain_init);
module_exit(complain_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Makes a debugging kernel complain");
