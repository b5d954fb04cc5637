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
	struct list_head held;	/* struct ksplice_held: what it may be linked to, and what its target was about */
};

/* Of the list; inside of it, that of gates.c alone. */
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

static void unlock(void)
{
	mutex_unlock(&ksplice_mutex);
	mutex_unlock(&ksplice_lifecycle);
}

/*
 * Functions are put back as for an undo, with the same checks; data that was changed in place goes with the module, and the module may
 * have changed it.  Whoever else needs the locks gets them between two tries; nobody can do anything about @share meanwhile, as its
 * code is held and its target gone.  False: then the locks are not to be had any more.
 */
static bool reverse(struct ksplice_update *share, struct ksplice_target *t)
{
	struct ksplice_move move = { .update = share, .reverse = true };
	struct ksplice_moves m = { .move = &move, .nr = 1 };
	int i, err = -EBUSY;

	ksplice_objects_free(t);
	for (i = 0; i < LEAVE_TRIES && err == -EBUSY; i++) {
		if (i) {
			unlock();
			msleep(LEAVE_PAUSE);
			if (!ksplice_lock_unless_hook())
				return false;
		}
		err = ksplice_moves_make(&m);
	}
	if (err)
		abandon(share);
	return true;
}

/* Addresses of what is going to be freed. */
static void forget_addresses(struct ksplice_target *t)
{
	ksplice_unpublish(t->publication);
	t->publication = NULL;
}

/* All that is spliced in @mod, the youngest first. *@any: whether there is anything whose modules have to go. False: no locks. */
static bool reverse_all(const struct module *mod, bool *any)
{
	struct ksplice_target *t;

	*any = false;
	if (!ksplice_lock_unless_hook())
		return false;
	while ((t = youngest_in(mod))) {
		struct ksplice_update *share;

		/* Only where it is forced out: what was matched holds it. */
		t->update->incomplete |= t->update->stage == KSPLICE_PREPARING;
		share = ksplice_share_split(t);
		t->gone = true;
		*any = true;
		if (share->stage == KSPLICE_APPLIED && !reverse(share, t))
			return false;
		forget_addresses(t);
	}
	unlock();
	return true;
}

/* While modules stay. */
static void hold(struct going *g, struct module *mod)
{
	if (ksplice_gate_lost(mod))
		return;
	__module_get(mod);
	while (ksplice_held_add(&g->held, mod)) {
		msleep(LEAVE_PAUSE);
		__module_get(mod);
	}
}

/*
 * When it goes it reads static keys of its target, and of others, after its exit function (kernel/jump_label.c, jump_label_del_module(),
 * 6.1): what was held for it is held until then.  A target that is not held waits for it by itself.
 */
void ksplice_leave_code(const struct ksplice_target *t)
{
	struct going *g = kmalloc(sizeof(*g), GFP_KERNEL | __GFP_NOFAIL);
	struct ksplice_held *h;

	g->mod = t->code;
	INIT_LIST_HEAD(&g->held);
	ksplice_modules_stay();
	if (t->module && !t->late)
		hold(g, t->module);
	list_for_each_entry(h, &t->held, list)
		hold(g, h->module);
	mutex_lock(&going_lock);
	list_add(&g->list, &going);
	mutex_unlock(&going_lock);
	ksplice_modules_may_go();
}

void ksplice_leave_unlinked(const struct module *mod)
{
	struct going *it, *next;

	mutex_lock(&going_lock);
	list_for_each_entry_safe(it, next, &going, list) {
		/* Where it is forced out: its memory takes the count along. */
		ksplice_held_forget(&it->held, mod);
		if (it->mod != mod)
			continue;
		list_del(&it->list);
		ksplice_held_drop(&it->held);
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

/* Stays for good. False: it is about to go. */
static bool pin(struct ksplice_target *t)
{
	struct ksplice_update *u = t->update->whole;
	struct ksplice_wait *w = ksplice_wait_find(u, t->name);

	if (!try_module_get(t->code))
		return false;
	t->pinned = true;
	t->module = NULL;
	if (w)
		ksplice_wait_fail(w, KSPLICE_MODULE_BUSY, "code=pinned");
	pr_err("update %s: %s could not be unloaded before its target and stays until the next boot\n", u->id, t->code->name);
	return true;
}

/* Pins the code modules that are still there and were made for @mod. *@all: none of them is about to go. False: no locks. */
static bool pin_left(const struct module *mod, bool *all)
{
	struct ksplice_update *u;
	struct ksplice_target *t;

	*all = true;
	if (!ksplice_lock_unless_hook())
		return false;
	list_for_each_entry(u, &ksplice_updates, list) {
		list_for_each_entry(t, &u->targets, list) {
			if (t->module != mod || !t->gone)
				continue;
			if (!t->code)
				t->module = NULL;
			else if (!pin(t))
				*all = false;
		}
	}
	unlock();
	return true;
}

/*
 * A code module may be linked to static keys and static calls of its target, and reads these when it goes.  So it has to go before they are
 * freed, or never.
 */
bool ksplice_leave(const struct module *mod)
{
	bool any, all;

	if (!reverse_all(mod, &any))
		return false;
	if (any)
		ksplice_helper_run("going", mod);
	do {
		if (!pin_left(mod, &all))
			return false;
	} while (!all && (msleep(LEAVE_PAUSE), true));
	/* Also what has lost its target by an undo. */
	while (!none_goes())
		msleep(LEAVE_PAUSE / 10);
	return true;
}

static struct ksplice_target *any_in(const struct module *mod)
{
	struct ksplice_update *u;
	struct ksplice_target *t;

	list_for_each_entry(u, &ksplice_updates, list)
		list_for_each_entry(t, &u->targets, list)
			if (t->module == mod)
				return t;
	return NULL;
}

/* Its memory is gone, and what counted who held it. */
static void forget_held(const struct module *mod)
{
	struct ksplice_update *u;
	struct ksplice_target *t;

	list_for_each_entry(u, &ksplice_updates, list)
		list_for_each_entry(t, &u->targets, list)
			ksplice_held_forget(&t->held, mod);
}

void ksplice_leave_lost(const struct module *mod)
{
	struct ksplice_update *share;
	struct ksplice_target *t;

	forget_held(mod);
	while ((t = any_in(mod))) {
		t->late = true;	/* there is nothing to let go of */
		t->update->incomplete |= t->update->stage == KSPLICE_PREPARING;
		share = ksplice_share_split(t);
		t->gone = true;
		ksplice_objects_free(t);
		ksplice_fail(share, KSPLICE_MODULE_BUSY, 0, "target=%s state=lost", t->name);
		if (share->stage == KSPLICE_APPLIED)
			abandon(share);
		forget_addresses(t);
		if (t->code)
			pin(t);
		t->module = NULL;
	}
}
