// SPDX-License-Identifier: GPL-2.0-only
/* What the modules of updates call when they come and go (ksplice.h). */
#include <linux/kernel.h>
#include <linux/string.h>

#include "core.h"
#include "runpre/runpre.h"

#if defined(CONFIG_X86_64)
#define OUR_ARCH RUNPRE_ARCH_X86_64
#else
#define OUR_ARCH RUNPRE_ARCH_PPC64LE
#endif

bool ksplice_is_id(const char *s)
{
	size_t len = strlen(s);

	/* "abi" is a file in the same directory. */
	if (!len || len > KSPLICE_ID_MAX || s[0] == '_' || !strcmp(s, "abi"))
		return false;
	return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

bool ksplice_is_target_name(const char *s)
{
	size_t len = strlen(s);

	return len && len < MODULE_NAME_LEN && !strpbrk(s, " /-\t\n");
}

static int match_new_target(struct ksplice_update *u, const char *name, const struct ksplice_match_module *mm)
{
	struct ksplice_target *t = ksplice_target_create(u, name);
	int err;

	if (!t)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, -ENOMEM, NULL);
	/* What was bound is there, and stays as long as its text and symbols are read. */
	ksplice_modules_stay();
	err = ksplice_target_bind(t);
	if (!err)
		err = ksplice_match(t, mm->data);
	ksplice_modules_may_go();
	if (err) {
		ksplice_target_destroy(t);
		return err;
	}
	t->match = mm->module;
	return 0;
}

/* A target that comes after @whole was applied. */
static int match_load_late(struct ksplice_update *whole, const char *name, const struct ksplice_match_module *mm)
{
	struct ksplice_wait *w = ksplice_wait_find(whole, name);
	struct ksplice_target *t = ksplice_share_find(whole, name);
	struct ksplice_update *share;
	int err;

	if (!w || !ksplice_at_gate(name))
		return -EBUSY;
	if (t && t->gone) {
		ksplice_wait_fail(w, KSPLICE_MODULE_BUSY, "code=pinned");
		return -EBUSY;
	}
	if (t || ksplice_target_find(whole, name))
		return -EEXIST;
	share = ksplice_share_create(whole);
	if (!share)
		return -ENOMEM;
	err = match_new_target(share, name, mm);
	if (!err)
		return 0;
	ksplice_share_failed(share, name);
	ksplice_share_destroy(share);
	return err;
}

static int match_load(struct ksplice_update *u, const char *name, const struct ksplice_match_module *mm)
{
	struct ksplice_target *t;
	int err;

	if (u->stage == KSPLICE_APPLIED)
		return match_load_late(u, name, mm);
	if (u->incomplete)
		return ksplice_fail(u, KSPLICE_UNEXPECTED, -EBUSY, "targets=lost");
	t = ksplice_target_find(u, name);
	if (t && (t->match || t->code))
		return -EEXIST;
	if (!ksplice_update_has_modules(u))
		ksplice_update_reset(u);
	else if (t)
		ksplice_target_destroy(t);
	err = ksplice_as_if_set(u, mm);
	if (!err)
		err = match_new_target(u, name, mm);
	if (err) {
		u->keep = true;
		if (!ksplice_update_has_modules(u)) {
			ksplice_update_strip(u);
			u->incomplete = !list_empty(&u->waits);
		}
	}
	return err;
}

static int match_data_check(const struct ksplice_match_module *mm)
{
	const struct runpre_header *h = mm->data;
	struct runpre_fault fault;

	if (runpre_check(mm->data, mm->size, &fault) != RUNPRE_OK) {
		pr_err("%s: match data is malformed at byte 0x%x\n", mm->module->name, fault.offset);
		return -EBADMSG;
	}
	if (h->arch != OUR_ARCH || !ksplice_is_id(runpre_string(h, h->id)) || !ksplice_is_target_name(runpre_string(h, h->target))) {
		pr_err("%s: match data has a bad architecture, id or target\n", mm->module->name);
		return -EBADMSG;
	}
	return 0;
}

/* A task that is to be killed ends, whatever an author's hook waits for with the locks. 0 or -EINTR. */
static int lock_lifecycle(void)
{
	return mutex_lock_killable(&ksplice_lifecycle) ? -EINTR : 0;
}

static int lock_mutex(void)
{
	return mutex_lock_killable(&ksplice_mutex) ? -EINTR : 0;
}

int ksplice_match_load(const struct ksplice_match_module *mm)
{
	const struct runpre_header *h = mm->data;
	struct ksplice_update *u;
	const char *id;
	int err = match_data_check(mm);

	if (err)
		return err;
	id = runpre_string(h, h->id);
	err = lock_lifecycle();
	if (err)
		return err;
	u = ksplice_update_find(id);
	if (!u)
		u = ksplice_update_create(id);
	err = -ENOMEM;
	if (u)
		err = lock_mutex();
	if (!err) {
		ksplice_gates_sweep();
		err = match_load(u, runpre_string(h, h->target), mm);
		mutex_unlock(&ksplice_mutex);
	}
	mutex_unlock(&ksplice_lifecycle);
	return err;
}

/* Under ksplice_lifecycle, after a module of @u has gone. */
static void module_gone(struct ksplice_update *u)
{
	bool destroy;

	mutex_lock(&ksplice_mutex);
	destroy = !ksplice_update_has_modules(u);
	if (destroy && u->whole) {
		ksplice_share_destroy(u);
		destroy = false;
	} else if (destroy && (u->keep || !list_empty(&u->waits))) {
		ksplice_update_strip(u);
		/* What it still waits for is not all of it. */
		u->incomplete = u->stage != KSPLICE_APPLIED && !list_empty(&u->waits);
		destroy = false;
	}
	mutex_unlock(&ksplice_mutex);
	if (destroy) {
		ksplice_update_unlink(u);
		ksplice_update_free(u);
	}
}

static struct ksplice_target *target_of_module(const struct module *mod)
{
	struct ksplice_update *u;
	struct ksplice_target *t;

	list_for_each_entry(u, &ksplice_updates, list)
		list_for_each_entry(t, &u->targets, list)
			if (t->match == mod || t->code == mod)
				return t;
	return NULL;
}

void ksplice_match_unload(const struct ksplice_match_module *mm)
{
	struct ksplice_target *t;

	mutex_lock(&ksplice_lifecycle);
	mutex_lock(&ksplice_mutex);
	ksplice_gates_sweep();
	t = target_of_module(mm->module);
	if (t)
		t->match = NULL;
	mutex_unlock(&ksplice_mutex);
	if (t)
		module_gone(t->update);
	mutex_unlock(&ksplice_lifecycle);
}

/* What the module may use of others loaded before it, and what it has for those after it. */
static int offers_take(struct ksplice_target *t, const struct ksplice_code_module *cm)
{
	int err = ksplice_offers_hold(t);

	if (err == -ENOMEM)
		return ksplice_fail(t->update, KSPLICE_OUT_OF_MEMORY, err, NULL);
	if (err)
		return ksplice_fail(t->update, KSPLICE_MODULE_BUSY, err, "target=%s code=unloading", t->name);
	err = ksplice_offers_publish(t, cm->module);
	if (!err)
		return 0;
	ksplice_offers_drop(t);
	return ksplice_fail_publish(t->update, err);
}

/* What runs at the gate must not need what the module's init sets up, and must be able to go with the module alone. */
static int late_take(struct ksplice_target *t, const struct ksplice_code_module *cm)
{
	if (!t->late || (!t->offers && !cm->nr_author_hooks))
		return 0;
	ksplice_offers_drop(t);
	if (cm->nr_author_hooks)
		ksplice_fail(t->update, KSPLICE_HAS_HOOKS, 0, "target=%s function=%s", t->name, cm->author_hooks[0].name);
	else
		ksplice_fail(t->update, KSPLICE_UNEXPECTED, 0, "target=%s offers=something", t->name);
	ksplice_offers_withdraw(t);
	return -EINVAL;
}

static int code_load(const struct ksplice_code_module *cm)
{
	struct ksplice_update *u = ksplice_update_find(cm->id);
	struct ksplice_target *t = u ? ksplice_target_find(u, cm->target) ?: ksplice_share_find(u, cm->target) : NULL;
	int err;

	if (!t || t->gone)
		return -ENOENT;
	if (t->code)
		return -EEXIST;
	u = t->update;
	if (u->stage == KSPLICE_APPLIED)
		return -EINVAL;
	err = ksplice_splices_take(t, cm);
	if (!err)
		err = ksplice_objects_take(t, cm);
	if (!err)
		err = ksplice_author_hooks_take(t, cm);
	if (!err)
		err = offers_take(t, cm);
	if (!err)
		err = late_take(t, cm);
	if (err) {
		ksplice_splices_drop(t);
		ksplice_objects_drop(t);
		ksplice_author_hooks_drop(t);
		u->keep = !u->whole;
		if (u->whole)
			ksplice_share_failed(u, t->name);
		return err;
	}
	t->code = cm->module;
	/* The loader has resolved them all. */
	ksplice_unpublish(t->publication);
	t->publication = NULL;
	return 0;
}

int ksplice_code_load(const struct ksplice_code_module *cm)
{
	int err = lock_lifecycle();

	if (err)
		return err;
	err = lock_mutex();
	if (!err) {
		ksplice_gates_sweep();
		err = code_load(cm);
		mutex_unlock(&ksplice_mutex);
	}
	mutex_unlock(&ksplice_lifecycle);
	return err;
}

void ksplice_code_unload(const struct ksplice_code_module *cm)
{
	struct ksplice_target *t;

	mutex_lock(&ksplice_lifecycle);
	mutex_lock(&ksplice_mutex);
	ksplice_gates_sweep();
	t = target_of_module(cm->module);
	if (t) {
		ksplice_leave_code(t);
		ksplice_offers_drop(t);
		ksplice_offers_withdraw(t);
		t->code = NULL;
		ksplice_splices_drop(t);
		ksplice_objects_drop(t);
		ksplice_author_hooks_drop(t);
	}
	mutex_unlock(&ksplice_mutex);
	if (t)
		module_gone(t->update);
	mutex_unlock(&ksplice_lifecycle);
}
