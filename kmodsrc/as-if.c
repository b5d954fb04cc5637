// SPDX-License-Identifier: GPL-2.0-only
/*
 * Matching as if: an update that is to be applied in one stop with others, after them, is matched as if they were applied already.
 * Their hooks lead to their code, their modules stand for what they change, and data that they change in place has its new
 * contents; so it may be built upon them, and whether it fits is what it would be if it came later.
 *
 * An update that is to take the place of others is matched as if these had never been applied: their hooks and their modules do not
 * count, and memory shows what was there before them.
 *
 * What an update was matched upon, or instead of, is kept by id.  In the stop that applies it first, the former must come before it;
 * what it needs of them from then on, its dependences tell.  The latter must not be applied after any stop that applies it: an update
 * that is reversed and applied again is not matched again.
 */
#include <linux/mm.h>
#include <linux/string.h>

#include "writes.h"

static bool same(const char (*a)[KSPLICE_ID_MAX + 1], unsigned int nr_a, char *const *b, unsigned int nr_b)
{
	unsigned int i;

	if (nr_a != nr_b)
		return false;
	for (i = 0; i < nr_a; i++)
		if (strcmp(a[i], b[i]))
			return false;
	return true;
}

static bool says_the_same(const struct ksplice_as_if *a, const struct ksplice_match_module *mm)
{
	return same((const char (*)[KSPLICE_ID_MAX + 1])a->upon, a->nr_upon, mm->upon, mm->nr_upon) &&
	       same((const char (*)[KSPLICE_ID_MAX + 1])a->instead, a->nr_instead, mm->instead, mm->nr_instead);
}

static int copy_ids(struct ksplice_update *u, char (**to)[KSPLICE_ID_MAX + 1], char *const *from, unsigned int nr)
{
	unsigned int i;

	if (!nr)
		return 0;
	*to = kvcalloc(nr, sizeof(**to), GFP_KERNEL);
	if (!*to)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, -ENOMEM, NULL);
	for (i = 0; i < nr; i++)
		if (strscpy((*to)[i], from[i], sizeof(**to)) < 0)
			return ksplice_fail(u, KSPLICE_UNEXPECTED, -EINVAL, "id=too_long");
	return 0;
}

int ksplice_as_if_set(struct ksplice_update *u, const struct ksplice_match_module *mm)
{
	struct ksplice_as_if *a = &u->as_if;
	int err;

	if (ksplice_update_has_modules(u))
		return says_the_same(a, mm) ? 0 :
		       ksplice_fail(u, KSPLICE_UNEXPECTED, -EINVAL, "targets=matched_upon_different_updates");
	if (mm->nr_upon > KSPLICE_MAX_MOVES || mm->nr_instead > KSPLICE_MAX_MOVES)
		return ksplice_fail(u, KSPLICE_UNEXPECTED, -EINVAL, "updates=too_many");
	ksplice_as_if_clear(u);
	err = copy_ids(u, &a->upon, mm->upon, mm->nr_upon);
	if (!err)
		err = copy_ids(u, &a->instead, mm->instead, mm->nr_instead);
	if (err) {
		ksplice_as_if_clear(u);
		return err;
	}
	a->nr_upon = mm->nr_upon;
	a->nr_instead = mm->nr_instead;
	return 0;
}

void ksplice_as_if_clear_upon(struct ksplice_update *u)
{
	kvfree(u->as_if.upon);
	u->as_if.upon = NULL;
	u->as_if.nr_upon = 0;
}

void ksplice_as_if_clear(struct ksplice_update *u)
{
	ksplice_as_if_clear_upon(u);
	kvfree(u->as_if.instead);
	u->as_if = (struct ksplice_as_if){ 0 };
}

int ksplice_as_if_holds(const struct ksplice_moves *m, size_t i)
{
	struct ksplice_update *u = m->move[i].update, *on;
	unsigned int k;

	for (k = 0; k < u->as_if.nr_upon; k++) {
		on = ksplice_update_find(u->as_if.upon[k]);
		if (!on || !ksplice_applied_at_move(m, i, on))
			return ksplice_fail(u, KSPLICE_DEPENDS, -EINVAL, "update=%s", u->as_if.upon[k]);
	}
	for (k = 0; k < u->as_if.nr_instead; k++) {
		on = ksplice_update_find(u->as_if.instead[k]);
		if (on && ksplice_applied_at_move(m, m->nr, on))
			return ksplice_fail(u, KSPLICE_REPLACES, -EINVAL, "update=%s", u->as_if.instead[k]);
	}
	return 0;
}

static bool has(const struct ksplice_moves *m, const struct ksplice_update *u)
{
	size_t i;

	for (i = 0; i < m->nr; i++)
		if (m->move[i].update == u)
			return true;
	return false;
}

/* What is not applied, or not there any more, need not be reversed. */
static void moves_instead(struct ksplice_update *u, struct ksplice_moves *m)
{
	struct ksplice_update *old;
	unsigned int i;

	for (i = 0; i < u->as_if.nr_instead; i++) {
		old = ksplice_update_find(u->as_if.instead[i]);
		if (old && old->stage == KSPLICE_APPLIED && !has(m, old))
			m->move[m->nr++] = (struct ksplice_move){ .update = old, .reverse = true };
	}
	ksplice_moves_order(m);
}

/* The moves that will be made before @u is applied, but those that are made already. m->move has room for them. */
static int moves_before(struct ksplice_update *u, struct ksplice_moves *m)
{
	struct ksplice_update *on;
	unsigned int i;

	moves_instead(u, m);
	for (i = 0; i < u->as_if.nr_upon; i++) {
		on = ksplice_update_find(u->as_if.upon[i]);
		if (!on || on == u)
			return ksplice_fail(u, KSPLICE_DEPENDS, -ENOEXEC, "update=%s", u->as_if.upon[i]);
		if (on->stage == KSPLICE_APPLIED || has(m, on))
			continue;
		if (ksplice_update_complete(on))
			return ksplice_fail(u, KSPLICE_OTHER_UPDATE, -ENOEXEC, "update=%s", on->id);
		m->move[m->nr++] = (struct ksplice_move){ .update = on };
	}
	return 0;
}

static void pretend(struct ksplice_update *u, bool in_force)
{
	u->in_force = in_force;
	if (in_force)
		ksplice_hooks_note(u);
	else
		ksplice_hooks_forget(u);
}

int ksplice_as_if_begin(struct ksplice_update *u, struct ksplice_writes *ret)
{
	struct ksplice_moves m = { 0 };
	size_t i;
	int err;

	*ret = (struct ksplice_writes){ 0 };
	if (!u->as_if.nr_upon && !u->as_if.nr_instead)
		return 0;
	m.move = kvcalloc(u->as_if.nr_upon + u->as_if.nr_instead, sizeof(*m.move), GFP_KERNEL);
	if (!m.move)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, -ENOMEM, NULL);
	err = moves_before(u, &m);
	if (!err) {
		err = ksplice_writes_make(&m, ret);
		if (err == -ENOMEM)
			ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, err, NULL);
		else if (err)
			err = ksplice_fail(u, KSPLICE_OTHER_UPDATE, -ENOEXEC, "update=%s", ret->culprit->id);
	}
	for (i = 0; i < m.nr && !err; i++)
		pretend(m.move[i].update, !m.move[i].reverse);
	kvfree(m.move);
	return err;
}

/* Whatever is in force and not applied, or the reverse, is so since ksplice_as_if_begin(). */
void ksplice_as_if_end(void)
{
	struct ksplice_update *other;

	list_for_each_entry(other, &ksplice_updates, list)
		if (other->in_force != (other->stage == KSPLICE_APPLIED))
			pretend(other, other->stage == KSPLICE_APPLIED);
}
