// SPDX-License-Identifier: GPL-2.0-only
/* What waits: targets that are spliced when they come, if they are not there, or are not there any more. */
#include <linux/slab.h>
#include <linux/string.h>

#include "late.h"
#include "symbols.h"

/* Leaf lock, of the list. */
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
		there = static_call(ksplice_find_module)(w->name);
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

bool ksplice_is_strict(const char *name)
{
	struct ksplice_wait *w;
	bool ret = false;

	mutex_lock(&waits_lock);
	list_for_each_entry(w, &waits, all)
		ret |= w->strict && !strcmp(w->name, name);
	mutex_unlock(&waits_lock);
	return ret;
}

void ksplice_set_unpatched(const char *name, bool unpatched)
{
	struct ksplice_wait *w;

	mutex_lock(&waits_lock);
	list_for_each_entry(w, &waits, all)
		if (!strcmp(w->name, name))
			WRITE_ONCE(w->unpatched, unpatched);
	mutex_unlock(&waits_lock);
}

int ksplice_waits_text(struct ksplice_update *u, struct ksplice_text *text)
{
	struct ksplice_wait *w;
	int err = 0;

	list_for_each_entry(w, &u->waits, list) {
		if (err)
			break;
		err = ksplice_text_printf(text, "target=%s state=%s strict=%d", w->name, ksplice_target_find(u, w->name) ? "spliced" :
					  READ_ONCE(w->unpatched) ? "unpatched" : "waiting", w->strict);
		if (!err && w->cause != KSPLICE_OK)
			err = ksplice_text_printf(text, " cause=%s %s", ksplice_cause_word(w->cause), w->detail);
		if (!err)
			err = ksplice_text_printf(text, "\n");
	}
	return err;
}
