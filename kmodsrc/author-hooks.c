// SPDX-License-Identifier: GPL-2.0-only
/*
 * The functions of an update that its author wants to be called when it is applied and undone (ksplice-patch.h has the order).
 *
 * They are called through pointers, though the core itself calls nothing so that it found by name (symbols.h): these are
 * functions of a module whose own data holds their addresses, so objtool has kept their ENDBR (tools/objtool/check.c,
 * mark_endbr_used() and validate_ibt_data_reloc(), 6.1).
 */
#include <linux/kernel.h>

#include "compat.h"
#include "core.h"

static const char *const words[KSPLICE_NR_PHASES] = {
	[KSPLICE_PRE_APPLY] = "pre_apply",
	[KSPLICE_CHECK_APPLY] = "check_apply",
	[KSPLICE_APPLY] = "apply",
	[KSPLICE_POST_APPLY] = "post_apply",
	[KSPLICE_FAIL_APPLY] = "fail_apply",
	[KSPLICE_PRE_REVERSE] = "pre_reverse",
	[KSPLICE_CHECK_REVERSE] = "check_reverse",
	[KSPLICE_REVERSE] = "reverse",
	[KSPLICE_POST_REVERSE] = "post_reverse",
	[KSPLICE_FAIL_REVERSE] = "fail_reverse",
};

static bool runs;

bool ksplice_author_hook_runs(void)
{
	return READ_ONCE(runs);
}

static void act(const struct ksplice_author_hook *h)
{
	WRITE_ONCE(runs, true);
	h->fn.acts();
	WRITE_ONCE(runs, false);
}

int ksplice_author_hooks_take(struct ksplice_target *t, const struct ksplice_code_module *cm)
{
	size_t i;

	for (i = 0; i < cm->nr_author_hooks; i++) {
		const struct ksplice_author_hook *h = &cm->author_hooks[i];

		if (h->phase >= KSPLICE_NR_PHASES || h->reserved)
			return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "target=%s hook=%zu phase=unknown",
					    t->name, i);
		if ((unsigned long)h->fn.acts - compat_text_start(cm->module) >= compat_text_size(cm->module))
			return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "target=%s hook=%zu function=not_in_module",
					    t->name, i);
	}
	t->author_hooks = cm->author_hooks;
	t->nr_author_hooks = cm->nr_author_hooks;
	return 0;
}

void ksplice_author_hooks_drop(struct ksplice_target *t)
{
	t->author_hooks = NULL;
	t->nr_author_hooks = 0;
}

bool ksplice_author_hooks_ask(const struct ksplice_update *u, enum ksplice_phase phase, struct ksplice_abort *ret)
{
	const struct ksplice_target *t;
	size_t i;

	list_for_each_entry(t, &u->targets, list) {
		for (i = 0; i < t->nr_author_hooks; i++) {
			if (t->author_hooks[i].phase != phase)
				continue;
			WRITE_ONCE(runs, true);
			ret->value = t->author_hooks[i].fn.aborts();
			WRITE_ONCE(runs, false);
			ret->hook = &t->author_hooks[i];
			if (ret->value)
				return false;
		}
	}
	return true;
}

void ksplice_author_hooks_call(const struct ksplice_update *u, enum ksplice_phase phase)
{
	const struct ksplice_target *t;
	size_t i;

	list_for_each_entry(t, &u->targets, list)
		for (i = 0; i < t->nr_author_hooks; i++)
			if (t->author_hooks[i].phase == phase)
				act(&t->author_hooks[i]);
}

void ksplice_author_hooks_unwind(const struct ksplice_update *u, enum ksplice_phase phase,
				 const struct ksplice_author_hook *before)
{
	const struct ksplice_target *t;
	bool reached = !before;
	size_t i;

	list_for_each_entry_reverse(t, &u->targets, list) {
		for (i = t->nr_author_hooks; i--;) {
			if (&t->author_hooks[i] == before)
				reached = true;
			else if (reached && t->author_hooks[i].phase == phase)
				act(&t->author_hooks[i]);
		}
	}
}

int ksplice_author_hooks_none_to_reverse(struct ksplice_update *u)
{
	const struct ksplice_target *t;
	size_t i;

	list_for_each_entry(t, &u->targets, list)
		for (i = 0; i < t->nr_author_hooks; i++)
			if (t->author_hooks[i].phase >= KSPLICE_PRE_REVERSE)
				return ksplice_fail(u, KSPLICE_HAS_HOOKS, -EINVAL, "when=%s function=%s",
						    words[t->author_hooks[i].phase], t->author_hooks[i].name);
	return 0;
}

int ksplice_author_hooks_report(struct ksplice_update *u, const struct ksplice_abort *r)
{
	return ksplice_fail(u, KSPLICE_ABORTED, -ECANCELED, "when=%s function=%s value=%d", words[r->hook->phase],
			    r->hook->name, r->value);
}
