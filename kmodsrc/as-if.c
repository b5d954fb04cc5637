// SPDX-License-Identifier: GPL-2.0-only
/*
 * Matching as if: an update that is to be applied in one stop with others, after them, is matched as if they were applied already.
 * Their hooks lead to their code, their modules stand for what they change, and data that they change in place has its new
 * contents; so it may be built upon them, and whether it fits is what it would be if it came later.
 *
 * What an update was matched upon is kept by id until it is applied: in the stop, these must come before it.
 */
#include <linux/mm.h>
#include <linux/string.h>

#include "writes.h"

static bool same(const struct ksplice_as_if *a, const struct ksplice_match_module *mm)
{
	unsigned int i;

	if (a->nr_upon != mm->nr_upon)
		return false;
	for (i = 0; i < a->nr_upon; i++)
		if (strcmp(a->upon[i], mm->upon[i]))
			return false;
	return true;
}

static int copy_ids(struct ksplice_update *u, char (**to)[KSPLICE_ID_MAX + 1], char *const *from, unsigned int nr)
{
	unsigned int i;

	*to = kvcalloc(nr + 1, sizeof(**to), GFP_KERNEL);
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
		return same(a, mm) ? 0 : ksplice_fail(u, KSPLICE_UNEXPECTED, -EINVAL, "upon=differs_between_targets");
	if (mm->nr_upon > KSPLICE_MAX_MOVES)
		return ksplice_fail(u, KSPLICE_UNEXPECTED, -EINVAL, "upon=too_many");
	ksplice_as_if_clear(u);
	err = copy_ids(u, &a->upon, mm->upon, mm->nr_upon);
	if (err)
		ksplice_as_if_clear(u);
	else
		a->nr_upon = mm->nr_upon;
	return err;
}

void ksplice_as_if_clear(struct ksplice_update *u)
{
	kvfree(u->as_if.upon);
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

/* The moves that will be made before @u is applied, but those that are made already. m->move has room for them. */
static int moves_before(struct ksplice_update *u, struct ksplice_moves *m)
{
	struct ksplice_update *on;
	unsigned int i;

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
	if (!u->as_if.nr_upon)
		return 0;
	m.move = kvcalloc(u->as_if.nr_upon, sizeof(*m.move), GFP_KERNEL);
	if (!m.move)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, -ENOMEM, NULL);
	err = moves_before(u, &m);
	if (!err) {
		err = ksplice_writes_make(&m, ret);
		if (err == -ENOMEM)
			ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, err, NULL);
		else if (err)
			err = ksplice_fail(u, KSPLICE_OTHER_UPDATE, -ENOEXEC, "update=%s", m.move[0].update->id);
	}
	for (i = 0; i < m.nr && !err; i++)
		pretend(m.move[i].update, true);
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
