// SPDX-License-Identifier: GPL-2.0-only
/* What waits: targets that are spliced when they come, if they are not there, or are not there any more. */
#include <linux/slab.h>
#include <linux/string.h>

#include "late.h"
#include "symbols.h"

/* Leaf lock, of the list, and of what of a wait may be told where ksplice_mutex is not to be had. */
static DEFINE_MUTEX(waits_lock);
static LIST_HEAD(waits);

struct ksplice_wait *ksplice_wait_find(struct ksplice_update *u, const char *name)
{
	struct ksplice_wait *w;

	list_for_each_entry(w, &u->waits, list)
		if (!strcmp(w->name, name))
			return w;
	return NULL;
}

int ksplice_wait_add(struct ksplice_update *u, const char *name, bool strict)
{
	struct ksplice_wait *w;

	if (u->stage != KSPLICE_PREPARING)
		return -EBUSY;
	if (ksplice_wait_find(u, name) || ksplice_target_find(u, name))
		return -EEXIST;
	w = kzalloc(sizeof(*w), GFP_KERNEL);
	if (!w)
		return -ENOMEM;
	w->name = kstrdup(name, GFP_KERNEL);
	/* Who waits needs the core, though no module of his may be there to hold it. */
	if (!w->name || !try_module_get(THIS_MODULE)) {
		kfree(w->name);
		kfree(w);
		return -ENOMEM;
	}
	w->update = u;
	w->strict = strict;
	list_add_tail(&w->list, &u->waits);
	mutex_lock(&waits_lock);
	list_add_tail(&w->all, &waits);
	mutex_unlock(&waits_lock);
	return 0;
}

void ksplice_waits_drop(struct ksplice_update *u)
{
	struct ksplice_wait *w, *next;

	list_for_each_entry_safe(w, next, &u->waits, list) {
		mutex_lock(&waits_lock);
		list_del(&w->all);
		mutex_unlock(&waits_lock);
		list_del(&w->list);
		kfree(w->name);
		kfree(w);
		module_put(THIS_MODULE);
	}
}

/* Those that come from here on find that it waits, and those that are there were not seen coming. */
int ksplice_waits_check(struct ksplice_update *u)
{
	struct ksplice_wait *w;
	bool there;

	list_for_each_entry(w, &u->waits, list) {
		preempt_disable();
		there = kernel_call(ksplice_find_module)(w->name);
		preempt_enable();
		if (there && !ksplice_target_find(u, w->name))
			return ksplice_fail(u, KSPLICE_MODULE_BUSY, -EBUSY, "target=%s state=loaded_meanwhile", w->name);
	}
	return 0;
}

bool ksplice_is_waited_for(const char *name)
{
	struct ksplice_wait *w;
	bool ret = false;

	mutex_lock(&waits_lock);
	list_for_each_entry(w, &waits, all)
		ret |= !strcmp(w->name, name);
	mutex_unlock(&waits_lock);
	return ret;
}

/* Under waits_lock. */
static bool is_strict(const char *name)
{
	struct ksplice_wait *w;

	list_for_each_entry(w, &waits, all)
		if (w->strict && READ_ONCE(w->update->stage) != KSPLICE_REVERSED && !strcmp(w->name, name))
			return true;
	return false;
}

void ksplice_wait_fail(struct ksplice_wait *w, enum ksplice_cause cause, const char *detail)
{
	mutex_lock(&waits_lock);
	w->cause = cause;
	strscpy(w->detail, detail, sizeof(w->detail));
	mutex_unlock(&waits_lock);
}

void ksplice_wait_fail_if_ok(struct ksplice_wait *w, enum ksplice_cause cause, const char *detail)
{
	if (w->cause == KSPLICE_OK)
		ksplice_wait_fail(w, cause, detail);
}

void ksplice_waits_come(const char *name)
{
	struct ksplice_wait *w;

	mutex_lock(&waits_lock);
	list_for_each_entry(w, &waits, all)
		if (!strcmp(w->name, name))
			w->cause = KSPLICE_OK;
	mutex_unlock(&waits_lock);
}

void ksplice_waits_gone(const char *name)
{
	struct ksplice_wait *w;

	mutex_lock(&waits_lock);
	list_for_each_entry(w, &waits, all)
		if (!strcmp(w->name, name))
			w->unpatched = false;
	mutex_unlock(&waits_lock);
}

/* Under waits_lock. */
static void goes_without(struct ksplice_wait *w, bool strict)
{
	w->unpatched = !strict;
	pr_warn("update %s: the module %s is %s: %s: %s\n", w->update->id, w->name, strict ? "not loaded (--strict)" :
		"loaded WITHOUT the update", ksplice_cause_word(w->cause), w->detail);
}

int ksplice_waits_miss(const char *name, bool (*misses)(const struct ksplice_wait *w))
{
	struct ksplice_wait *w;
	bool strict = false;

	mutex_lock(&waits_lock);
	list_for_each_entry(w, &waits, all)
		strict |= w->strict && !strcmp(w->name, name) && misses(w);
	list_for_each_entry(w, &waits, all)
		if (!strcmp(w->name, name) && misses(w))
			goes_without(w, strict);
	mutex_unlock(&waits_lock);
	return strict ? -EPERM : 0;
}

int ksplice_waits_miss_all(const char *name, enum ksplice_cause cause, const char *detail)
{
	struct ksplice_wait *w;
	bool strict;

	mutex_lock(&waits_lock);
	strict = is_strict(name);
	list_for_each_entry(w, &waits, all) {
		if (READ_ONCE(w->update->stage) == KSPLICE_REVERSED || strcmp(w->name, name))
			continue;
		w->cause = cause;
		strscpy(w->detail, detail, sizeof(w->detail));
		goes_without(w, strict);
	}
	mutex_unlock(&waits_lock);
	return strict ? -EPERM : 0;
}

/* Where the one target of @u that waits is; before anything of its failure. */
static int state_text(struct ksplice_update *u, const struct ksplice_wait *w, struct ksplice_text *text)
{
	const struct ksplice_target *t = ksplice_target_find(u, w->name) ? NULL : ksplice_share_find(u, w->name);
	const struct module *match = t ? t->match : NULL, *code = t ? t->code : NULL;
	const char *state = ksplice_target_find(u, w->name) ? "spliced" : w->unpatched ? "unpatched" : "waiting";

	if (!t || !t->gone || t->pinned || (!match && !code))
		return ksplice_text_printf(text, "target=%s state=%s strict=%d", w->name, state, w->strict);
	return ksplice_text_printf(text, "target=%s state=going strict=%d modules=%s%s%s", w->name, w->strict, match ? match->name : "",
				   match && code ? "," : "", code ? code->name : "");
}

int ksplice_waits_text(struct ksplice_update *u, struct ksplice_text *text)
{
	struct ksplice_wait *w;
	int err = 0;

	mutex_lock(&waits_lock);
	list_for_each_entry(w, &u->waits, list) {
		if (err)
			break;
		err = state_text(u, w, text);
		if (!err && w->cause != KSPLICE_OK && !ksplice_target_find(u, w->name))
			err = ksplice_text_printf(text, " cause=%s %s", ksplice_cause_word(w->cause), w->detail);
		if (!err)
			err = ksplice_text_printf(text, "\n");
	}
	mutex_unlock(&waits_lock);
	return err;
}
