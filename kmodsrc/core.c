// SPDX-License-Identifier: GPL-2.0-only
/* The core's own coming and going. */
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/module.h>

#include "core.h"
#include "symbols.h"

DEFINE_MUTEX(ksplice_lifecycle);
DEFINE_MUTEX(ksplice_mutex);
LIST_HEAD(ksplice_updates);

#define LOCK_PAUSE	10	/* ms, between looks whether the locks are free */
#define HOOK_PATIENCE	5000	/* ms that an author's hook may hold them */

static bool try_lock(void)
{
	if (!mutex_trylock(&ksplice_lifecycle))
		return false;
	if (mutex_trylock(&ksplice_mutex))
		return true;
	mutex_unlock(&ksplice_lifecycle);
	return false;
}

/* All others who have the locks come to an end by themselves. */
bool ksplice_lock_unless_hook(void)
{
	unsigned int ms = 0;

	while (!try_lock()) {
		ms = ksplice_author_hook_runs() ? ms + LOCK_PAUSE : 0;
		if (ms > HOOK_PATIENCE)
			return false;
		msleep(LOCK_PAUSE);
	}
	return true;
}

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
