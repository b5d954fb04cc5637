// SPDX-License-Identifier: GPL-2.0-only
/* The life of updates: what their modules call when they come and go. */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "core.h"
#include "runpre/runpre.h"
#include "symbols.h"

#if defined(CONFIG_X86_64)
#define OUR_ARCH RUNPRE_ARCH_X86_64
#else
#define OUR_ARCH RUNPRE_ARCH_PPC64LE
#endif

struct ksplice_update *ksplice_update_find(const char *id)
{
	struct ksplice_update *u;

	list_for_each_entry(u, &ksplice_updates, list)
		if (!strcmp(u->id, id))
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

static void splices_free(struct ksplice_target *t)
{
	size_t i;

	for (i = 0; i < t->nr_splices; i++) {
		kfree(t->splices[i].name);
		kfree(t->splices[i].unit);
	}
	kvfree(t->splices);
	t->splices = NULL;
	t->nr_splices = 0;
}

static void target_destroy(struct ksplice_target *t)
{
	list_del(&t->list);
	ksplice_unpublish(t->publication);
	ksplice_unpublish(t->offers);
	splices_free(t);
	ksplice_objects_free(t);
	if (t->module)
		module_put(t->module);
	kfree(t->name);
	kfree(t);
}

static struct ksplice_target *target_create(struct ksplice_update *u, const char *name)
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
	list_add_tail(&t->list, &u->targets);
	return t;
}

/* Finds and holds the module that @t is about: for as long as the update lives, its name means this module. */
static int target_bind(struct ksplice_target *t)
{
	struct module *mod;

	if (!strcmp(t->name, "vmlinux"))
		return 0;
	preempt_disable();	/* keeps it from being freed: find_module(), kernel/module/main.c, 6.1 */
	mod = static_call(ksplice_find_module)(t->name);
	if (mod && (mod->state != MODULE_STATE_LIVE || !try_module_get(mod)))
		mod = NULL;
	preempt_enable();
	if (!mod)
		return ksplice_fail(t->update, KSPLICE_TARGET_NOT_LOADED, -ENOENT, "target=%s", t->name);
	t->module = mod;
	return 0;
}

/* Dependences */

int ksplice_update_depend(struct ksplice_update *u, struct ksplice_target *on)
{
	struct ksplice_dependence *d;

	list_for_each_entry(d, &u->depends, list)
		if (d->on == on)
			return 0;
	if (on->update->stage != KSPLICE_APPLIED)
		return -EAGAIN;
	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	if (!try_module_get(on->code)) {
		kfree(d);
		return -EAGAIN;
	}
	d->on = on;
	list_add_tail(&d->list, &u->depends);
	return 0;
}

static void depends_drop(struct ksplice_update *u)
{
	struct ksplice_dependence *d, *next;

	list_for_each_entry_safe(d, next, &u->depends, list) {
		module_put(d->on->code);
		list_del(&d->list);
		kfree(d);
	}
}

int ksplice_update_hold(struct ksplice_update *u, unsigned long addr)
{
	struct ksplice_held *h;
	struct module *mod;

	if (!ksplice_arch_in_modules(addr))
		return 0;
	preempt_disable();	/* as in target_bind() */
	mod = static_call(ksplice_module_address)(addr);
	if (mod && (mod->state != MODULE_STATE_LIVE || !try_module_get(mod)))
		mod = NULL;
	preempt_enable();
	if (!mod)
		return -EAGAIN;
	list_for_each_entry(h, &u->held, list) {
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
	list_add_tail(&h->list, &u->held);
	return 0;
}

static void held_drop(struct ksplice_update *u)
{
	struct ksplice_held *h, *next;

	list_for_each_entry_safe(h, next, &u->held, list) {
		module_put(h->module);
		list_del(&h->list);
		kfree(h);
	}
}

/* Updates */

/* Back to a name and the reason of the last failure. */
static void update_strip(struct ksplice_update *u)
{
	struct ksplice_target *t, *next;

	list_for_each_entry_safe(t, next, &u->targets, list)
		target_destroy(t);
	depends_drop(u);
	held_drop(u);
}

static void update_reset(struct ksplice_update *u)
{
	update_strip(u);
	ksplice_text_clear(&u->conflicts);
	u->stage = KSPLICE_PREPARING;
	u->cause = KSPLICE_OK;
	u->detail[0] = '\0';
	u->keep = false;
	u->match_ns = u->check_ns = u->stop_ns = 0;
	u->tasks = u->tries = 0;
}

/* Under ksplice_lifecycle alone: sysfs_ops of the directory may run as soon as it is there. */
static struct ksplice_update *update_create(const char *id)
{
	struct ksplice_update *u = kzalloc(sizeof(*u), GFP_KERNEL);

	if (!u)
		return NULL;
	strscpy(u->id, id, sizeof(u->id));
	INIT_LIST_HEAD(&u->targets);
	INIT_LIST_HEAD(&u->depends);
	INIT_LIST_HEAD(&u->held);
	init_completion(&u->released);
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
	update_reset(u);
	kfree(u);
}

static bool is_id(const char *s)
{
	size_t len = strlen(s);

	/* "abi" is a file in the same directory. */
	if (!len || len > KSPLICE_ID_MAX || s[0] == '_' || !strcmp(s, "abi"))
		return false;
	return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

static bool is_target_name(const char *s)
{
	size_t len = strlen(s);

	return len && len < MODULE_NAME_LEN && !strpbrk(s, " /-\t\n");
}

/* The modules' entry points */

static int match_new_target(struct ksplice_update *u, const char *name, const struct ksplice_match_module *mm)
{
	struct ksplice_target *t = target_create(u, name);
	int err;

	if (!t)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, -ENOMEM, NULL);
	err = target_bind(t);
	if (!err)
		err = ksplice_match(t, mm->data);
	if (err) {
		target_destroy(t);
		return err;
	}
	t->match = mm->module;
	return 0;
}

static int match_load(struct ksplice_update *u, const char *name, const struct ksplice_match_module *mm)
{
	struct ksplice_target *t;
	int err;

	if (u->stage == KSPLICE_APPLIED)
		return -EBUSY;
	t = ksplice_target_find(u, name);
	if (t && (t->match || t->code))
		return -EEXIST;
	if (!ksplice_update_has_modules(u))
		update_reset(u);
	else if (t)
		target_destroy(t);
	err = match_new_target(u, name, mm);
	if (err) {
		u->keep = true;
		if (!ksplice_update_has_modules(u))
			update_strip(u);
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
	if (h->arch != OUR_ARCH || !is_id(runpre_string(h, h->id)) || !is_target_name(runpre_string(h, h->target))) {
		pr_err("%s: match data has a bad architecture, id or target\n", mm->module->name);
		return -EBADMSG;
	}
	return 0;
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
	mutex_lock(&ksplice_lifecycle);
	u = ksplice_update_find(id);
	if (!u)
		u = update_create(id);
	err = -ENOMEM;
	if (u) {
		mutex_lock(&ksplice_mutex);
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
	if (destroy && u->keep) {
		update_strip(u);
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
	t = target_of_module(mm->module);
	if (t)
		t->match = NULL;
	mutex_unlock(&ksplice_mutex);
	if (t)
		module_gone(t->update);
	mutex_unlock(&ksplice_lifecycle);
}

static struct ksplice_splice *splice_at(struct ksplice_target *t, unsigned long addr)
{
	size_t i;

	for (i = 0; i < t->nr_splices; i++)
		if (!t->splices[i].part && t->splices[i].addr == addr)
			return &t->splices[i];
	return NULL;
}

static int replacement_take(struct ksplice_target *t, const struct ksplice_replacement *r, const struct module *mod)
{
	struct ksplice_splice *s = splice_at(t, r->old);

	if (!s)
		return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "target=%s replacement=not_matched",
				    t->name);
	if (s->new)
		return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "function=%s replacement=twice", s->name);
	if (r->new - compat_text_start(mod) >= compat_text_size(mod))
		return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "function=%s replacement=not_in_module",
				    s->name);
	if (!s->ftrace && ksplice_arch_hook(s->addr + s->hook_off, r->new, s->hook))
		return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "function=%s replacement=too_far", s->name);
	s->new = r->new;
	return 0;
}

static int replacements_take(struct ksplice_target *t, const struct ksplice_code_module *cm)
{
	size_t i;
	int err;

	for (i = 0; i < cm->nr_replacements; i++) {
		err = replacement_take(t, &cm->replacements[i], cm->module);
		if (err)
			return err;
	}
	for (i = 0; i < t->nr_splices; i++)
		if (!t->splices[i].part && !t->splices[i].new)
			return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "function=%s replacement=missing",
					    t->splices[i].name);
	return 0;
}

static void replacements_drop(struct ksplice_target *t)
{
	size_t i;

	for (i = 0; i < t->nr_splices; i++)
		t->splices[i].new = 0;
}

/* What the module may use of others loaded before it, and what it has for those after it. */
static int offers_take(struct ksplice_target *t, const struct ksplice_code_module *cm)
{
	static u64 order;
	int err;

	t->load_order = ++order;
	err = ksplice_offers_hold(t);
	if (err)
		return ksplice_fail(t->update, KSPLICE_MODULE_BUSY, err, "target=%s code=unloading", t->name);
	err = ksplice_offers_publish(t, cm->module);
	if (!err)
		return 0;
	ksplice_offers_drop(t);
	return ksplice_fail_publish(t->update, err);
}

static int code_load(const struct ksplice_code_module *cm)
{
	struct ksplice_update *u = ksplice_update_find(cm->id);
	struct ksplice_target *t = u ? ksplice_target_find(u, cm->target) : NULL;
	int err;

	if (!t)
		return -ENOENT;
	if (t->code)
		return -EEXIST;
	if (u->stage == KSPLICE_APPLIED)
		return -EINVAL;
	err = replacements_take(t, cm);
	if (!err)
		err = ksplice_objects_take(t, cm);
	if (!err)
		err = ksplice_author_hooks_take(t, cm);
	if (!err)
		err = offers_take(t, cm);
	if (err) {
		replacements_drop(t);
		ksplice_objects_drop(t);
		ksplice_author_hooks_drop(t);
		u->keep = true;
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
	int err;

	mutex_lock(&ksplice_lifecycle);
	mutex_lock(&ksplice_mutex);
	err = code_load(cm);
	mutex_unlock(&ksplice_mutex);
	mutex_unlock(&ksplice_lifecycle);
	return err;
}

void ksplice_code_unload(const struct ksplice_code_module *cm)
{
	struct ksplice_target *t;

	mutex_lock(&ksplice_lifecycle);
	mutex_lock(&ksplice_mutex);
	t = target_of_module(cm->module);
	if (t) {
		ksplice_offers_drop(t);
		ksplice_offers_withdraw(t);
		t->code = NULL;
		replacements_drop(t);
		ksplice_objects_drop(t);
		ksplice_author_hooks_drop(t);
	}
	mutex_unlock(&ksplice_mutex);
	if (t)
		module_gone(t->update);
	mutex_unlock(&ksplice_lifecycle);
}
