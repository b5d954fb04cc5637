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

int ksplice_hooks_take(struct ksplice_target *t, const struct ksplice_code_module *cm)
{
	size_t i;

	for (i = 0; i < cm->nr_hooks; i++) {
		const struct ksplice_hook *h = &cm->hooks[i];

		if (h->phase >= KSPLICE_NR_PHASES || h->reserved)
			return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "target=%s hook=%zu phase=unknown",
					    t->name, i);
		if ((unsigned long)h->fn.acts - compat_text_start(cm->module) >= compat_text_size(cm->module))
			return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "target=%s hook=%zu function=not_in_module",
					    t->name, i);
	}
	t->hooks = cm->hooks;
	t->nr_hooks = cm->nr_hooks;
	return 0;
}

void ksplice_hooks_drop(struct ksplice_target *t)
{
	t->hooks = NULL;
	t->nr_hooks = 0;
}

bool ksplice_hooks_ask(const struct ksplice_update *u, enum ksplice_phase phase, struct ksplice_refused *ret)
{
	const struct ksplice_target *t;
	size_t i;

	list_for_each_entry(t, &u->targets, list) {
		for (i = 0; i < t->nr_hooks; i++) {
			if (t->hooks[i].phase != phase)
				continue;
			ret->value = t->hooks[i].fn.aborts();
			ret->hook = &t->hooks[i];
			if (ret->value)
				return false;
		}
	}
	return true;
}

void ksplice_hooks_call(const struct ksplice_update *u, enum ksplice_phase phase)
{
	const struct ksplice_target *t;
	size_t i;

	list_for_each_entry(t, &u->targets, list)
		for (i = 0; i < t->nr_hooks; i++)
			if (t->hooks[i].phase == phase)
				t->hooks[i].fn.acts();
}

void ksplice_hooks_unwind(const struct ksplice_update *u, enum ksplice_phase phase, const struct ksplice_hook *before)
{
	const struct ksplice_target *t;
	bool reached = !before;
	size_t i;

	list_for_each_entry_reverse(t, &u->targets, list) {
		for (i = t->nr_hooks; i--;) {
			if (&t->hooks[i] == before)
				reached = true;
			else if (reached && t->hooks[i].phase == phase)
				t->hooks[i].fn.acts();
		}
	}
}

int ksplice_hooks_report(struct ksplice_update *u, const struct ksplice_refused *r)
{
	return ksplice_fail(u, KSPLICE_ABORTED, -ECANCELED, "when=%s function=%s value=%d", words[r->hook->phase],
			    r->hook->name, r->value);
}
