// SPDX-License-Identifier: GPL-2.0-only
/* Its init fails; with held=1 while somebody holds it. */
#include <linux/module.h>

static int held;
module_param(held, int, 0444);

static int __init fails_init(void)
{
	if (held)
		__module_get(THIS_MODULE);
	return -EINVAL;
}

module_init(fails_init);
MODULE_LICENSE("GPL");
