// SPDX-License-Identifier: GPL-2.0-only
/* Going to "applied" and back: what must be so before, the author's hooks around the stop of the machine, what is so after. */
#include <linux/ktime.h>

#include "stop.h"

/* One try, between what the author wants to be called before and after it. */
static int attempt(struct ksplice_update *u, bool reverse)
{
	enum ksplice_phase fail = reverse ? KSPLICE_FAIL_REVERSE : KSPLICE_FAIL_APPLY;
	struct ksplice_abort abort;
	int err;

	u->tries = u->cause == KSPLICE_OK ? 1 : u->tries + 1;
	u->cause = KSPLICE_OK;
	u->detail[0] = '\0';
	ksplice_text_clear(&u->conflicts);
	if (!ksplice_author_hooks_ask(u, reverse ? KSPLICE_PRE_REVERSE : KSPLICE_PRE_APPLY, &abort)) {
		ksplice_author_hooks_unwind(u, fail, abort.hook);
		return ksplice_author_hooks_report(u, &abort);
	}
	err = ksplice_stop_run(u, reverse);
	if (err)
		ksplice_author_hooks_unwind(u, fail, NULL);
	return err;
}

static int check_complete(struct ksplice_update *u)
{
	struct ksplice_dependence *d;
	struct ksplice_target *t;

	if (list_empty(&u->targets))
		return ksplice_fail(u, KSPLICE_UNEXPECTED, -EINVAL, "targets=none");
	list_for_each_entry(t, &u->targets, list)
		if (!t->code || t->code->state != MODULE_STATE_LIVE)
			return ksplice_fail(u, KSPLICE_MODULE_BUSY, -EINVAL, "target=%s code=not_loaded", t->name);
	list_for_each_entry(d, &u->depends, list)
		if (d->on->update->stage != KSPLICE_APPLIED)
			return ksplice_fail(u, KSPLICE_DEPENDS, -EINVAL, "update=%s", d->on->update->id);
	return 0;
}

static void modules_put(struct ksplice_update *u, struct ksplice_target *until)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list) {
		if (t == until)
			return;
		module_put(t->code);
	}
}

static int modules_get(struct ksplice_update *u)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list) {
		if (!try_module_get(t->code)) {
			modules_put(u, t);
			return ksplice_fail(u, KSPLICE_MODULE_BUSY, -EBUSY, "target=%s code=unloading", t->name);
		}
	}
	return 0;
}

int ksplice_update_apply(struct ksplice_update *u)
{
	int err = check_complete(u);

	if (!err)
		err = modules_get(u);
	if (err)
		return err;
	err = attempt(u, false);
	if (err) {
		modules_put(u, NULL);
		return err;
	}
	ksplice_hooks_note(u);
	u->stage = KSPLICE_APPLIED;
	u->applied_at = ktime_get_real_seconds();
	ksplice_author_hooks_call(u, KSPLICE_POST_APPLY);
	pr_info("update %s: applied\n", u->id);
	return 0;
}

static int check_dependants(struct ksplice_update *u)
{
	struct ksplice_dependence *d;
	struct ksplice_update *other;

	list_for_each_entry(other, &ksplice_updates, list) {
		if (other->stage != KSPLICE_APPLIED)
			continue;
		list_for_each_entry(d, &other->depends, list)
			if (d->on->update == u)
				return ksplice_fail(u, KSPLICE_DEPENDS, -EBUSY, "update=%s", other->id);
	}
	return 0;
}

int ksplice_update_reverse(struct ksplice_update *u)
{
	int err = check_dependants(u);

	if (!err)
		err = attempt(u, true);
	if (err)
		return err;
	ksplice_hooks_forget(u);
	u->stage = KSPLICE_REVERSED;
	ksplice_author_hooks_call(u, KSPLICE_POST_REVERSE);
	modules_put(u, NULL);
	pr_info("update %s: reversed\n", u->id);
	return 0;
}
