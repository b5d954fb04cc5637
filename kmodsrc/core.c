// SPDX-License-Identifier: GPL-2.0-only
/* The core's own coming and going. */
#include <linux/init.h>
#include <linux/module.h>

#include "core.h"
#include "symbols.h"

DEFINE_MUTEX(ksplice_lifecycle);
DEFINE_MUTEX(ksplice_mutex);
LIST_HEAD(ksplice_updates);

static int __init core_init(void)
{
	int err = ksplice_symbols_init();

	if (!err)
		err = ksplice_arch_init();
	if (err)
		return err;
	err = ksplice_shadow_init();
	if (err)
		return err;
	err = ksplice_gates_init();
	if (err) {
		ksplice_shadow_exit();
		return err;
	}
	err = ksplice_sysfs_init();
	/* Last: from here on, modules of updates may call. */
	if (!err) {
		err = ksplice_publish_init();
		if (err)
			ksplice_sysfs_exit();
	}
	if (err) {
		ksplice_gates_exit();
		ksplice_shadow_exit();
	}
	return err;
}

/* Modules of updates hold the core: what is left are updates that failed to match. */
static void __exit core_exit(void)
{
	struct ksplice_update *u, *next;

	mutex_lock(&ksplice_lifecycle);
	list_for_each_entry_safe(u, next, &ksplice_updates, list) {
		ksplice_update_unlink(u);
		ksplice_update_free(u);
	}
	mutex_unlock(&ksplice_lifecycle);
	ksplice_publish_exit();
	ksplice_sysfs_exit();
	ksplice_gates_exit();
	ksplice_shadow_exit();
}

module_init(core_init);
module_exit(core_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Ksplice: replaces functions of the running kernel");
