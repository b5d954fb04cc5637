// SPDX-License-Identifier: GPL-2.0-only
/*
 * Those hooks of an update that go through ftrace (redirect.c says when and how).  They are registered for the time from
 * just before the stop that applies to just after the stop that reverses, and act between the two stops.
 */
#include <linux/err.h>

#include "core.h"

/* Calls @fn for each hook, and gives up when it says so. */
static int for_each_hook(struct ksplice_update *u, int (*fn)(struct ksplice_splice *s))
{
	struct ksplice_target *t;
	size_t i;
	int err = 0;

	list_for_each_entry(t, &u->targets, list)
		for (i = 0; i < t->nr_splices && !err; i++)
			if (t->splices[i].ftrace)
				err = fn(&t->splices[i]);
	return err;
}

/* @from, whose hook @s takes over: of one splice at a time. NULL: it does not take any over, or does not any more. */
static void take_over(struct ksplice_splice *s, struct ksplice_splice *from)
{
	if (s->takes)
		s->takes->taken = false;
	s->takes = from;
	if (from)
		from->taken = true;
}

static int remove(struct ksplice_splice *s)
{
	if (s->ftrace_hook)
		ksplice_redirect_remove(s->ftrace_hook);
	s->ftrace_hook = NULL;
	take_over(s, NULL);
	return 0;
}

void ksplice_ftrace_hooks_remove(struct ksplice_update *u)
{
	for_each_hook(u, remove);
}

/* Of an update that is reversed in the stop: the one whose hook is at the ftrace entry @ip. The kernel allows one. */
static struct ksplice_splice *reversed_at(const struct ksplice_moves *m, unsigned long ip)
{
	struct ksplice_target *t;
	size_t i, k;

	for (i = 0; i < m->nr && m->move[i].reverse; i++)
		list_for_each_entry(t, &m->move[i].update->targets, list)
			for (k = 0; k < t->nr_splices; k++)
				if (t->splices[k].ftrace_hook && t->splices[k].addr + t->splices[k].hook_off == ip)
					return &t->splices[k];
	return NULL;
}

/*
 * As register_ftrace_function() would, refuses a second one at the same entry (hostile match data: a function, and one that is said to
 * begin in the middle of it).
 */
static int add(const struct ksplice_moves *m, struct ksplice_splice *s)
{
	struct ksplice_splice *from = reversed_at(m, s->addr + s->hook_off);
	struct ksplice_ftrace_hook *h;

	if (from && from->taken)
		return -EBUSY;
	take_over(s, from);
	if (from)
		return 0;
	h = ksplice_redirect_add(s->addr + s->hook_off);
	if (IS_ERR(h))
		return PTR_ERR(h);
	s->ftrace_hook = h;
	return 0;
}

int ksplice_ftrace_hooks_add(const struct ksplice_moves *m, struct ksplice_update *u, const struct ksplice_splice **failed)
{
	struct ksplice_target *t;
	size_t i;
	int err;

	list_for_each_entry(t, &u->targets, list) {
		for (i = 0; i < t->nr_splices; i++) {
			err = t->splices[i].ftrace ? add(m, &t->splices[i]) : 0;
			if (!err)
				continue;
			*failed = &t->splices[i];
			ksplice_ftrace_hooks_remove(u);
			return err;
		}
	}
	return 0;
}

static int ready(struct ksplice_splice *s)
{
	const struct ksplice_ftrace_hook *h = s->takes ? s->takes->ftrace_hook : s->ftrace_hook;

	return h && ksplice_redirect_ready(h) ? 0 : -EINVAL;
}

bool ksplice_ftrace_hooks_ready(struct ksplice_update *u)
{
	return !for_each_hook(u, ready);
}

static int switch_on(struct ksplice_splice *s)
{
	if (s->takes) {
		s->ftrace_hook = s->takes->ftrace_hook;
		s->takes->ftrace_hook = NULL;
		take_over(s, NULL);
	}
	ksplice_redirect_switch(s->ftrace_hook, s->new);
	return 0;
}

static int switch_off(struct ksplice_splice *s)
{
	ksplice_redirect_switch(s->ftrace_hook, 0);
	return 0;
}

/* Those that are reversed come first: a hook that is taken over is on in the end. */
void ksplice_ftrace_hooks_switch(const struct ksplice_moves *m)
{
	size_t i;

	for (i = 0; i < m->nr; i++)
		for_each_hook(m->move[i].update, m->move[i].reverse ? switch_off : switch_on);
}
