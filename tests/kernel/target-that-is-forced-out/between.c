// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps people at places where they may sleep, each for 30 seconds at most.  The module "going" is kept, when it goes, behind the kernel's own notifiers
 * and before the core's, until "pass" is written; "reached" tells that it is there.  The mutex at the address "mutex" is held while "hold" is 1;
 * "held" tells that it is.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>

static char going[MODULE_NAME_LEN];
static int reached, pass, hold, held;
static unsigned long mutex;
module_param_string(going, going, sizeof(going), 0644);
module_param(reached, int, 0644);
module_param(pass, int, 0644);
module_param(hold, int, 0644);
module_param(held, int, 0444);
module_param(mutex, ulong, 0644);

static struct task_struct *holder;

static int event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct module *mod = data;
	int ms;

	if (event != MODULE_STATE_GOING || strcmp(mod->name, going))
		return NOTIFY_DONE;
	WRITE_ONCE(reached, 1);
	for (ms = 0; ms < 30000 && !READ_ONCE(pass); ms += 10)
		msleep(10);
	return NOTIFY_DONE;
}

/* Those of jump labels, of static calls and of kprobes have 0 or more; the core's has the least that there is. */
static struct notifier_block nb = { .notifier_call = event, .priority = -1 };

static int hold_mutex(void *data)
{
	struct mutex *m;
	int ms;

	while (!kthread_should_stop()) {
		msleep(10);
		if (!READ_ONCE(hold))
			continue;
		m = (struct mutex *)READ_ONCE(mutex);
		mutex_lock(m);
		WRITE_ONCE(held, 1);
		for (ms = 0; ms < 30000 && READ_ONCE(hold); ms += 10)
			msleep(10);
		WRITE_ONCE(hold, 0);
		WRITE_ONCE(held, 0);
		mutex_unlock(m);
	}
	return 0;
}

static int __init between_init(void)
{
	holder = kthread_run(hold_mutex, NULL, "between");
	if (IS_ERR(holder))
		return PTR_ERR(holder);
	return register_module_notifier(&nb);
}

static void __exit between_exit(void)
{
	unregister_module_notifier(&nb);
	kthread_stop(holder);
}

module_init(between_init);
module_exit(between_exit);
MODULE_LICENSE("GPL");
