// SPDX-License-Identifier: GPL-2.0-only
/* The one target that comes or goes is a share of its update for that time: an update by itself, without a directory. */
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "late.h"

struct ksplice_update *ksplice_share_create(struct ksplice_update *whole)
{
	struct ksplice_update *u = kzalloc(sizeof(*u), GFP_KERNEL);

	if (!u)
		return NULL;
	ksplice_update_init(u, whole->id);
	u->whole = whole;
	list_add_tail(&u->list, &ksplice_updates);
	return u;
}

void ksplice_share_destroy(struct ksplice_update *u)
{
	list_del(&u->list);
	ksplice_update_reset(u);
	kfree(u);
}

/* Under both locks. */
void ksplice_shares_sweep(void)
{
	struct ksplice_update *u, *next;

	list_for_each_entry_safe(u, next, &ksplice_updates, list)
		if (u->whole && list_empty(&u->targets))
			ksplice_share_destroy(u);
}

static void move_target(struct ksplice_target *t, struct ksplice_update *to)
{
	list_move_tail(&t->list, &to->targets);
	t->update = to;
}

struct ksplice_target *ksplice_share_find(const struct ksplice_update *whole, const char *name)
{
	struct ksplice_update *u;
	struct ksplice_target *t;

	list_for_each_entry(u, &ksplice_updates, list) {
		t = u->whole == whole ? ksplice_target_find(u, name) : NULL;
		if (t)
			return t;
	}
	return NULL;
}

void ksplice_share_failed(const struct ksplice_update *u, const char *target)
{
	struct ksplice_wait *w = ksplice_wait_find(u->whole, target);

	if (w)
		ksplice_wait_fail(w, u->cause, u->detail);
}

/* Who has written "applied" for the whole reads there why it has failed. */
static int splice_failed(struct ksplice_update *whole, struct ksplice_update *share, const char *target, int err)
{
	ksplice_share_failed(share, target);
	whole->cause = share->cause;
	strscpy(whole->detail, share->detail, sizeof(whole->detail));
	ksplice_text_clear(&whole->conflicts);
	swap(whole->conflicts, share->conflicts);
	return err;
}

int ksplice_shares_splice(struct ksplice_update *whole)
{
	struct ksplice_update *u;
	int err;

	list_for_each_entry(u, &ksplice_updates, list) {
		struct ksplice_move move = { .update = u };
		struct ksplice_moves m = { .move = &move, .nr = 1 };
		struct ksplice_target *t = list_first_entry_or_null(&u->targets, struct ksplice_target, list);

		if (u->whole != whole || u->stage != KSPLICE_PREPARING || !t || t->gone || ksplice_at_gate(t->name) != t->module)
			continue;
		err = ksplice_moves_make(&m);
		if (err)
			return splice_failed(whole, u, t->name, err);
		move_target(t, whole);
	}
	return 0;
}

/* Makes @t, which is in a module that goes, a share by itself. */
struct ksplice_update *ksplice_share_split(struct ksplice_target *t)
{
	struct ksplice_update *u = t->update, *share = u;

	if (!u->whole) {
		do
			share = ksplice_share_create(u);
		while (!share && (msleep(LEAVE_PAUSE), true));
		share->stage = u->stage;
		share->in_force = u->in_force;
		share->sequence = u->sequence;
		move_target(t, share);
	}
	if (!t->late)
		module_put(t->module);
	t->late = true;
	return share;
}

int ksplice_late_hold(struct ksplice_update *u)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list) {
		if (!t->late || t->gone)
			continue;
		if (!ksplice_gate_hold(t->module)) {
			ksplice_late_unhold(u);
			return ksplice_fail(u, KSPLICE_MODULE_BUSY, -EBUSY, "target=%s state=going", t->name);
		}
		t->late = false;
		t->just_held = true;
	}
	return 0;
}

void ksplice_late_unhold(struct ksplice_update *u)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list) {
		if (!t->just_held)
			continue;
		ksplice_gate_put(t->module);
		t->late = true;
		t->just_held = false;
	}
}

void ksplice_late_held(struct ksplice_update *u)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list)
		t->just_held = false;
}

/* Other targets' code refers to what it offers, and the author's functions expect that it stays. */
static bool may_go(const struct ksplice_target *t)
{
	return t->module && !t->late && !t->offers && !t->nr_author_hooks && ksplice_wait_find(t->update, t->name);
}

void ksplice_late_let_go(struct ksplice_update *u)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list) {
		if (!may_go(t) || !ksplice_gate_make(t))
			continue;
		t->late = true;
		ksplice_gate_put(t->module);
	}
}
