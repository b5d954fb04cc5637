// SPDX-License-Identifier: GPL-2.0-only
/* A module goes: what is spliced in it is reversed, and its code goes before it, or stays for good. */
#include <linux/delay.h>
#include <linux/slab.h>

#include "late.h"

#define LEAVE_TRIES	20	/* reversals of what goes, while a task is in it */

/* A code module whose exit function has run, and that is still linked to static keys and calls. */
struct going {
	struct list_head list;
	const struct module *mod;
};

/* Leaf lock, of the list. */
static DEFINE_MUTEX(going_lock);
static LIST_HEAD(going);

/* The youngest of what is spliced, or was going to be, in @mod. */
static struct ksplice_target *youngest_in(const struct module *mod)
{
	struct ksplice_target *t, *ret = NULL;
	struct ksplice_update *u;

	list_for_each_entry(u, &ksplice_updates, list)
		list_for_each_entry(t, &u->targets, list)
			if (t->module == mod && !t->gone &&
			    (!ret || u->stage != KSPLICE_APPLIED || u->sequence > ret->update->sequence))
				ret = t;
	return ret;
}

/* It cannot be reversed: its code is in use, or somebody has written over a hook.  So its code must stay for good; held as it is. */
static void abandon(struct ksplice_update *share)
{
	pr_err("update %s: its code for a module that goes cannot be taken away (%s %s) and stays until the next boot\n", share->id,
	       ksplice_cause_word(share->cause), share->detail);
	ksplice_hooks_forget(share);
	ksplice_ftrace_hooks_remove(share);
	share->stage = KSPLICE_REVERSED;
	share->in_force = false;
}

/*
 * Functions are put back as for an undo, with the same checks; data that was changed in place goes with the module, and the module may
 * have changed it.
 */
static void reverse(struct ksplice_update *share, struct ksplice_target *t)
{
	struct ksplice_move move = { .update = share, .reverse = true };
	struct ksplice_moves m = { .move = &move, .nr = 1 };
	int i, err = -EBUSY;

	ksplice_objects_free(t);
	for (i = 0; i < LEAVE_TRIES && err == -EBUSY; i++) {
		if (i)
			msleep(LEAVE_PAUSE);
		err = ksplice_moves_make(&m);
	}
	if (err)
		abandon(share);
}

/* All that is spliced in @mod, the youngest first; whether there is anything whose modules have to go. */
static bool reverse_all(const struct module *mod)
{
	struct ksplice_target *t;
	bool any = false;

	mutex_lock(&ksplice_lifecycle);
	mutex_lock(&ksplice_mutex);
	while ((t = youngest_in(mod))) {
		struct ksplice_update *share = ksplice_share_split(t);

		t->gone = true;
		any = true;
		if (share->stage == KSPLICE_APPLIED)
			reverse(share, t);
		/* Addresses of what is going to be freed. */
		ksplice_unpublish(t->publication);
		t->publication = NULL;
	}
	mutex_unlock(&ksplice_mutex);
	mutex_unlock(&ksplice_lifecycle);
	return any;
}

void ksplice_leave_code(const struct module *mod)
{
	struct going *g = kmalloc(sizeof(*g), GFP_KERNEL | __GFP_NOFAIL);

	g->mod = mod;
	mutex_lock(&going_lock);
	list_add(&g->list, &going);
	mutex_unlock(&going_lock);
}

void ksplice_leave_unlinked(const struct module *mod)
{
	struct going *it, *next;

	mutex_lock(&going_lock);
	list_for_each_entry_safe(it, next, &going, list) {
		if (it->mod != mod)
			continue;
		list_del(&it->list);
		kfree(it);
	}
	mutex_unlock(&going_lock);
}

static bool none_goes(void)
{
	bool ret;

	mutex_lock(&going_lock);
	ret = list_empty(&going);
	mutex_unlock(&going_lock);
	return ret;
}

/* Pins the code modules that are still there and were made for @mod; false while one of them is about to go. */
static bool pin_left(const struct module *mod)
{
	struct ksplice_update *u;
	struct ksplice_target *t;
	bool all = true;

	mutex_lock(&ksplice_mutex);
	list_for_each_entry(u, &ksplice_updates, list) {
		list_for_each_entry(t, &u->targets, list) {
			if (t->module != mod || !t->gone || !t->code || t->pinned)
				continue;
			t->pinned = try_module_get(t->code);
			if (t->pinned)
				pr_err("update %s: %s could not be unloaded before its target and stays until the next boot\n", u->id,
				       t->code->name);
			else
				all = false;
		}
	}
	mutex_unlock(&ksplice_mutex);
	return all;
}

/*
 * A code module may be linked to static keys and static calls of its target, and reads these when it goes (kernel/jump_label.c,
 * jump_label_del_module(), 6.1).  So it has to go before they are freed, or never.
 */
void ksplice_leave(const struct module *mod)
{
	if (!reverse_all(mod))
		return;
	ksplice_helper_run("going", mod);
	while (!pin_left(mod))
		msleep(LEAVE_PAUSE);
	while (!none_goes())
		msleep(LEAVE_PAUSE / 10);
}
