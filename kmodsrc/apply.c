// SPDX-License-Identifier: GPL-2.0-only
/*
 * Going to "applied" and back: what must be so before, the author's hooks around the stop of the machine, what is so after.  Of
 * several updates, all go in one stop, or none.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>

#include "stop.h"

bool ksplice_applied_at_move(const struct ksplice_moves *m, size_t i, const struct ksplice_update *u)
{
	size_t k;

	for (k = 0; k < m->nr; k++)
		if (m->move[k].update == u)
			return !m->move[k].reverse && k < i;
	return u->stage == KSPLICE_APPLIED;
}

bool ksplice_is_reversed(const struct ksplice_moves *m, const struct ksplice_update *u)
{
	size_t k;

	for (k = 0; k < m->nr; k++)
		if (m->move[k].update == u)
			return m->move[k].reverse;
	return false;
}

/* What is applied upon another is younger, so it is reversed before that one. */
static bool goes_before(const struct ksplice_move *a, const struct ksplice_move *b)
{
	if (a->reverse != b->reverse)
		return a->reverse;
	return a->reverse && a->update->sequence > b->update->sequence;
}

void ksplice_moves_order(struct ksplice_moves *m)
{
	size_t i, k;

	for (i = 1; i < m->nr; i++)
		for (k = i; k && goes_before(&m->move[k], &m->move[k - 1]); k--)
			swap(m->move[k], m->move[k - 1]);
}

int ksplice_update_complete(struct ksplice_update *u)
{
	struct ksplice_target *t;

	if (u->incomplete)
		return ksplice_fail(u, KSPLICE_UNEXPECTED, -EINVAL, "targets=lost");
	if (list_empty(&u->targets) && list_empty(&u->waits))
		return ksplice_fail(u, KSPLICE_UNEXPECTED, -EINVAL, "targets=none");
	list_for_each_entry(t, &u->targets, list)
		if (!t->code || t->code->state != MODULE_STATE_LIVE)
			return ksplice_fail(u, KSPLICE_MODULE_BUSY, -EINVAL, "target=%s code=not_loaded", t->name);
	return 0;
}

static int check_apply(const struct ksplice_moves *m, size_t i)
{
	struct ksplice_update *u = m->move[i].update, *on;
	int err = ksplice_update_complete(u);

	if (!err)
		err = ksplice_waits_check(u);
	if (err)
		return err;
	list_for_each_entry(on, &ksplice_updates, list)
		if (ksplice_stands_on(u, on) && !ksplice_applied_at_move(m, i, on))
			return ksplice_fail(u, KSPLICE_DEPENDS, -EINVAL, "update=%s", on->id);
	return ksplice_as_if_holds(m, i);
}

/* Those that stand on @u and stay. */
static int check_reverse(const struct ksplice_moves *m, struct ksplice_update *u)
{
	struct ksplice_update *other;

	list_for_each_entry(other, &ksplice_updates, list)
		if (other->stage == KSPLICE_APPLIED && !ksplice_is_reversed(m, other) && ksplice_stands_on(other, u))
			return ksplice_fail(u, KSPLICE_DEPENDS, -EBUSY, "update=%s", other->id);
	return 0;
}

/*
 * What an author wants to be called for the undo of an update expects that the kernel is as it was before the update, or will
 * be; not that another update takes over, whose own functions run in the same stop.
 */
static int check_hooks(const struct ksplice_moves *m)
{
	size_t i;
	int err = 0;

	if (m->move[m->nr - 1].reverse)
		return 0;	/* those come first: nothing is applied */
	for (i = 0; m->move[i].reverse && !err; i++)
		err = ksplice_author_hooks_none_to_reverse(m->move[i].update);
	return err;
}

/* One that was forced out though it is held, which is to be marked as gone in a moment. */
static int check_targets(struct ksplice_update *u)
{
	const struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list)
		if (t->module && ksplice_gate_lost(t->module))
			return ksplice_fail(u, KSPLICE_MODULE_BUSY, -EBUSY, "target=%s state=lost", t->name);
	return 0;
}

int ksplice_moves_targets(const struct ksplice_moves *m)
{
	size_t i;
	int err = 0;

	for (i = 0; i < m->nr && !err; i++)
		err = check_targets(m->move[i].update);
	return err;
}

static int check(const struct ksplice_moves *m)
{
	size_t i;
	int err = ksplice_moves_targets(m);

	for (i = 0; i < m->nr && !err; i++)
		err = m->move[i].reverse ? check_reverse(m, m->move[i].update) : check_apply(m, i);
	if (!err)
		err = check_hooks(m);
	return err ? err : ksplice_splices_distinct(m);
}

static void code_put(struct ksplice_update *u, struct ksplice_target *until)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list) {
		if (t == until)
			return;
		module_put(t->code);
	}
}

static int code_get(struct ksplice_update *u)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list) {
		if (!try_module_get(t->code)) {
			code_put(u, t);
			return ksplice_fail(u, KSPLICE_MODULE_BUSY, -EBUSY, "target=%s code=unloading", t->name);
		}
	}
	return 0;
}

/*
 * Of the first @nr moves: the code that is to be applied, and that was not before, may be unloaded; so may late targets of what was to
 * be reversed.
 */
static void modules_put(const struct ksplice_moves *m, size_t nr)
{
	while (nr--)
		if (m->move[nr].reverse)
			ksplice_late_unhold(m->move[nr].update);
		else
			code_put(m->move[nr].update, NULL);
}

static int modules_get(const struct ksplice_moves *m)
{
	size_t i;
	int err;

	for (i = 0; i < m->nr; i++) {
		err = m->move[i].reverse ? ksplice_late_hold(m->move[i].update) : code_get(m->move[i].update);
		if (err) {
			modules_put(m, i);
			return err;
		}
	}
	return 0;
}

static void unwind(const struct ksplice_move *move, const struct ksplice_author_hook *before)
{
	ksplice_author_hooks_unwind(move->update, move->reverse ? KSPLICE_FAIL_REVERSE : KSPLICE_FAIL_APPLY, before);
}

/* Backwards, all of the first @nr moves. */
static void unwind_all(const struct ksplice_moves *m, size_t nr)
{
	while (nr--)
		unwind(&m->move[nr], NULL);
}

/* The stop, between what the authors want to be called before and after it. */
static int attempt(const struct ksplice_moves *m)
{
	struct ksplice_abort abort;
	size_t i;
	int err;

	for (i = 0; i < m->nr; i++) {
		const struct ksplice_move *move = &m->move[i];

		if (ksplice_author_hooks_ask(move->update, move->reverse ? KSPLICE_PRE_REVERSE : KSPLICE_PRE_APPLY, &abort))
			continue;
		unwind(move, abort.hook);
		unwind_all(m, i);
		return ksplice_author_hooks_report(move->update, &abort);
	}
	err = ksplice_stop_run(m);
	if (err)
		unwind_all(m, m->nr);
	return err;
}

static void note_applied(struct ksplice_update *u)
{
	static u64 sequence;

	ksplice_hooks_note(u);
	u->stage = KSPLICE_APPLIED;
	u->in_force = true;
	u->sequence = ++sequence;
	u->applied_at = ktime_get_real_seconds();
	ksplice_as_if_clear_upon(u);
}

static void note_reversed(struct ksplice_update *u)
{
	ksplice_hooks_forget(u);
	u->stage = KSPLICE_REVERSED;
	u->in_force = false;
}

static void note_success(const struct ksplice_moves *m)
{
	size_t i;

	for (i = 0; i < m->nr; i++)
		if (m->move[i].reverse)
			note_reversed(m->move[i].update);
		else
			note_applied(m->move[i].update);
	/* Who reads a report of this kernel must know that not all of its code is in the image: "K", until the next boot. */
	if (!m->move[m->nr - 1].reverse)
		add_taint(TAINT_LIVEPATCH, LOCKDEP_STILL_OK);
	for (i = 0; i < m->nr; i++)
		ksplice_author_hooks_call(m->move[i].update, m->move[i].reverse ? KSPLICE_POST_REVERSE : KSPLICE_POST_APPLY);
	for (i = 0; i < m->nr; i++) {
		if (m->move[i].reverse) {
			ksplice_late_held(m->move[i].update);
			code_put(m->move[i].update, NULL);
		} else {
			ksplice_late_let_go(m->move[i].update);
		}
		pr_info("update %s: %s%s%s\n", m->move[i].update->id, m->move[i].reverse ? "reversed" : "applied",
			m->move[i].update->whole ? " in the late target " : "", m->move[i].update->whole ?
			list_first_entry(&m->move[i].update->targets, struct ksplice_target, list)->name : "");
	}
}

/* Who has no reason of its own has failed because of the first that has. */
static void tell_others(const struct ksplice_moves *m)
{
	const struct ksplice_update *culprit = NULL;
	size_t i;

	for (i = m->nr; i--;)
		if (m->move[i].update->cause != KSPLICE_OK)
			culprit = m->move[i].update;
	for (i = 0; i < m->nr; i++)
		if (m->move[i].update->cause == KSPLICE_OK)
			ksplice_fail(m->move[i].update, KSPLICE_OTHER_UPDATE, 0, "update=%s", culprit ? culprit->id : "?");
}

static void begin(struct ksplice_update *u)
{
	u->tries = u->cause == KSPLICE_OK ? 1 : u->tries + 1;
	u->cause = KSPLICE_OK;
	u->detail[0] = '\0';
	ksplice_text_clear(&u->conflicts);
}

int ksplice_moves_make(struct ksplice_moves *m)
{
	size_t i;
	int err;

	ksplice_moves_order(m);
	for (i = 0; i < m->nr; i++)
		begin(m->move[i].update);
	err = check(m);
	if (!err)
		err = modules_get(m);
	if (!err) {
		err = attempt(m);
		if (err)
			modules_put(m, m->nr);
	}
	if (err)
		tell_others(m);
	else
		note_success(m);
	return err;
}
