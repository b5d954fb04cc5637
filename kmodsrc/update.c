// SPDX-License-Identifier: GPL-2.0-only
/* The life of updates and of their targets, and whom they hold. */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core.h"
#include "symbols.h"

struct ksplice_update *ksplice_update_find(const char *id)
{
	struct ksplice_update *u;

	list_for_each_entry(u, &ksplice_updates, list)
		if (!u->whole && !strcmp(u->id, id))
			return u;
	return NULL;
}

struct ksplice_target *ksplice_target_find(struct ksplice_update *u, const char *name)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

bool ksplice_update_has_modules(const struct ksplice_update *u)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list)
		if (t->match || t->code)
			return true;
	return false;
}

struct ksplice_target *ksplice_code_at(unsigned long addr)
{
	struct ksplice_update *u;
	struct ksplice_target *t;

	list_for_each_entry(u, &ksplice_updates, list)
		list_for_each_entry(t, &u->targets, list)
			if (t->code && within_module(addr, t->code))
				return t;
	return NULL;
}

int ksplice_fail(struct ksplice_update *u, enum ksplice_cause cause, int err, const char *fmt, ...)
{
	va_list ap;

	u->cause = cause;
	u->detail[0] = '\0';
	if (fmt) {
		va_start(ap, fmt);
		vsnprintf(u->detail, sizeof(u->detail), fmt, ap);
		va_end(ap);
	}
	pr_info("update %s: %s%s%s\n", u->id, ksplice_cause_word(cause), fmt ? ": " : "", u->detail);
	return err;
}

/* Targets */

static void depends_drop(struct ksplice_target *t)
{
	struct ksplice_dependence *d, *next;

	list_for_each_entry_safe(d, next, &t->depends, list) {
		module_put(d->on->code);
		list_del(&d->list);
		kfree(d);
	}
}

int ksplice_held_add(struct list_head *list, struct module *mod)
{
	struct ksplice_held *h;

	list_for_each_entry(h, list, list) {
		if (h->module == mod) {
			module_put(mod);
			return 0;
		}
	}
	h = kzalloc(sizeof(*h), GFP_KERNEL);
	if (!h) {
		module_put(mod);
		return -ENOMEM;
	}
	h->module = mod;
	list_add_tail(&h->list, list);
	return 0;
}

void ksplice_held_drop(struct list_head *list)
{
	struct ksplice_held *h, *next;

	list_for_each_entry_safe(h, next, list, list) {
		ksplice_gate_put(h->module);
		list_del(&h->list);
		kfree(h);
	}
}

void ksplice_held_forget(struct list_head *list, const struct module *mod)
{
	struct ksplice_held *h, *next;

	list_for_each_entry_safe(h, next, list, list) {
		if (h->module != mod)
			continue;
		list_del(&h->list);
		kfree(h);
	}
}

void ksplice_target_destroy(struct ksplice_target *t)
{
	list_del(&t->list);
	depends_drop(t);
	ksplice_held_drop(&t->held);
	ksplice_held_drop(&t->uses);
	ksplice_unpublish(t->publication);
	ksplice_unpublish(t->offers);
	ksplice_splices_free(t);
	ksplice_objects_free(t);
	if (t->module && !t->late) {
		ksplice_gate_release(t);
		ksplice_gate_put(t->module);
	}
	kfree(t->name);
	kfree(t);
}

struct ksplice_target *ksplice_target_create(struct ksplice_update *u, const char *name)
{
	struct ksplice_target *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return NULL;
	t->name = kstrdup(name, GFP_KERNEL);
	if (!t->name) {
		kfree(t);
		return NULL;
	}
	t->update = u;
	INIT_LIST_HEAD(&t->depends);
	INIT_LIST_HEAD(&t->held);
	INIT_LIST_HEAD(&t->uses);
	list_add_tail(&t->list, &u->targets);
	return t;
}

/*
 * Holds @mod, if that is still to be had.  Called with preemption disabled, since it was found, which keeps it from being freed:
 * find_module(), kernel/module/main.c, 6.1.
 */
static struct module *hold_live(struct module *mod)
{
	return mod && mod->state == MODULE_STATE_LIVE && try_module_get(mod) ? mod : NULL;
}

int ksplice_target_bind(struct ksplice_target *t)
{
	struct module *mod;

	if (!strcmp(t->name, "vmlinux"))
		return 0;
	if (t->update->whole) {
		t->module = ksplice_at_gate(t->name);
		t->late = true;
		return t->module ? 0 : ksplice_fail(t->update, KSPLICE_TARGET_NOT_LOADED, -ENOENT, "target=%s", t->name);
	}
	preempt_disable();
	mod = hold_live(kernel_call(ksplice_find_module)(t->name));
	preempt_enable();
	if (!mod)
		return ksplice_fail(t->update, KSPLICE_TARGET_NOT_LOADED, -ENOENT, "target=%s", t->name);
	t->module = mod;
	return 0;
}

/* Dependences */

int ksplice_target_hold(struct ksplice_target *t, unsigned long addr)
{
	struct module *mod;

	if (!ksplice_arch_in_modules(addr) || (t->module && within_module(addr, t->module)))
		return 0;
	preempt_disable();
	mod = hold_live(kernel_call(ksplice_module_address)(addr));
	preempt_enable();
	return mod ? ksplice_held_add(&t->held, mod) : -EAGAIN;
}

int ksplice_target_hold_target(struct ksplice_target *t, const struct ksplice_target *on)
{
	if (!on->module || on->module == t->module)
		return 0;
	if (!ksplice_gate_hold(on->module))
		return -EAGAIN;
	if (on->module->state == MODULE_STATE_LIVE)
		return ksplice_held_add(&t->held, on->module);
	module_put(on->module);
	return -EAGAIN;
}

int ksplice_target_depend(struct ksplice_target *t, struct ksplice_target *on)
{
	struct ksplice_dependence *d;
	int err;

	list_for_each_entry(d, &t->depends, list)
		if (d->on == on)
			return 0;
	if (!on->update->in_force)
		return -EAGAIN;
	err = ksplice_target_hold_target(t, on);
	if (err)
		return err;
	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	if (!try_module_get(on->code)) {
		kfree(d);
		return -EAGAIN;
	}
	d->on = on;
	list_add_tail(&d->list, &t->depends);
	return 0;
}

struct ksplice_target *ksplice_stands_on(const struct ksplice_update *u, const struct ksplice_update *on)
{
	struct ksplice_dependence *d;
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list)
		list_for_each_entry(d, &t->depends, list)
			if (d->on->update == on)
				return d->on;
	return NULL;
}

/* Updates */

void ksplice_update_strip(struct ksplice_update *u)
{
	struct ksplice_target *t, *next;

	list_for_each_entry_safe(t, next, &u->targets, list)
		ksplice_target_destroy(t);
	ksplice_as_if_clear(u);
}

void ksplice_update_reset(struct ksplice_update *u)
{
	ksplice_update_strip(u);
	ksplice_text_clear(&u->conflicts);
	u->stage = KSPLICE_PREPARING;
	u->cause = KSPLICE_OK;
	u->detail[0] = '\0';
	u->keep = false;
	u->match_ns = u->check_ns = u->stop_ns = 0;
	u->tasks = u->stacks = u->tries = 0;
}

void ksplice_update_init(struct ksplice_update *u, const char *id)
{
	strscpy(u->id, id, sizeof(u->id));
	INIT_LIST_HEAD(&u->targets);
	INIT_LIST_HEAD(&u->waits);
	init_completion(&u->released);
}

struct ksplice_update *ksplice_update_create(const char *id)
{
	struct ksplice_update *u = kzalloc(sizeof(*u), GFP_KERNEL);

	if (!u)
		return NULL;
	ksplice_update_init(u, id);
	if (ksplice_sysfs_add(u)) {
		kobject_put(&u->kobj);
		wait_for_completion(&u->released);
		kfree(u);
		return NULL;
	}
	mutex_lock(&ksplice_mutex);
	list_add_tail(&u->list, &ksplice_updates);
	mutex_unlock(&ksplice_mutex);
	return u;
}

void ksplice_update_unlink(struct ksplice_update *u)
{
	mutex_lock(&ksplice_mutex);
	list_del(&u->list);
	mutex_unlock(&ksplice_mutex);
	kobject_del(&u->kobj);
}

void ksplice_update_free(struct ksplice_update *u)
{
	kobject_put(&u->kobj);
	wait_for_completion(&u->released);
	mutex_lock(&ksplice_mutex);
	ksplice_waits_drop(u);
	ksplice_update_reset(u);
	mutex_unlock(&ksplice_mutex);
	kfree(u);
}
