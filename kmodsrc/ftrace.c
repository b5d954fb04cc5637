// SPDX-License-Identifier: GPL-2.0-only
/*
 * Those hooks of an update that go through ftrace (arch/x86/ftrace.c says when and how).  They are registered for the time from
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

static int remove(struct ksplice_splice *s)
{
	if (s->ftrace_hook)
		ksplice_arch_ftrace_remove(s->ftrace_hook);
	s->ftrace_hook = NULL;
	return 0;
}

void ksplice_ftrace_hooks_remove(struct ksplice_update *u)
{
	for_each_hook(u, remove);
}

int ksplice_ftrace_hooks_add(struct ksplice_update *u, const struct ksplice_splice **failed)
{
	struct ksplice_ftrace_hook *h;
	struct ksplice_target *t;
	size_t i;

	list_for_each_entry(t, &u->targets, list) {
		for (i = 0; i < t->nr_splices; i++) {
			struct ksplice_splice *s = &t->splices[i];

			if (!s->ftrace)
				continue;
			h = ksplice_arch_ftrace_add(s->addr + s->hook_off, s->new);
			if (IS_ERR(h)) {
				*failed = s;
				ksplice_ftrace_hooks_remove(u);
				return PTR_ERR(h);
			}
			s->ftrace_hook = h;
		}
	}
	return 0;
}

static int ready(struct ksplice_splice *s)
{
	return s->ftrace_hook && ksplice_arch_ftrace_ready(s->ftrace_hook) ? 0 : -EINVAL;
}

bool ksplice_ftrace_hooks_ready(struct ksplice_update *u)
{
	return !for_each_hook(u, ready);
}

static int switch_on(struct ksplice_splice *s)
{
	ksplice_arch_ftrace_switch(s->ftrace_hook, true);
	return 0;
}

static int switch_off(struct ksplice_splice *s)
{
	ksplice_arch_ftrace_switch(s->ftrace_hook, false);
	return 0;
}

void ksplice_ftrace_hooks_switch(struct ksplice_update *u, bool on)
{
	for_each_hook(u, on ? switch_on : switch_off);
}
