// SPDX-License-Identifier: GPL-2.0-only
/*
 * Targets that are not there when an update is applied: what waits for which module, and how a module that comes is spliced before
 * its init function runs.  docs/core.md tells why it is done so, docs/safety.md why it is safe.
 *
 * A module for which an update waits gets a gate: its init function is exchanged for one of ours when it has been relocated
 * (MODULE_STATE_COMING), and so it stands still where the kernel holds no lock (kernel/module/main.c, do_init_module(), 6.1
 * and 6.12).  There a program is run that loads match and code module and writes "applied", and then the module's own init.  An exit
 * function of ours does the reverse, when the module's own has returned.
 *
 * The one target that comes or goes is a share of its update for that time: an update by itself, without a directory.
 */
#include <linux/delay.h>
#include <linux/kmod.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "core.h"
#include "symbols.h"

#define LEAVE_TRIES	20	/* reversals of what goes, while a task is in it */
#define LEAVE_PAUSE	100	/* ms */
#define NR_GATES	256	/* modules at a time that are spliced, or at their gates */

/* One module that was at a gate, until it is gone, or nothing in it is spliced any more. */
struct gate {
	struct module	*mod;		/* NULL: free */
	int		(*init)(void);	/* its own; NULL: none */
	void		(*exit)(void);
	bool		open;		/* it stands there: under ksplice_mutex */
	bool		spliced;	/* ... and went on with something spliced in it */
};

/* A code module whose exit function has run, and that is still linked to static keys and calls. */
struct going {
	struct list_head list;
	const struct module *mod;
};

/* Leaf lock: of the list, of gates but for gate.open, and of the path. */
static DEFINE_MUTEX(late_lock);
static LIST_HEAD(waits);
static LIST_HEAD(going);
static struct gate gates[NR_GATES];
static char helper[256];

/* What waits */

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
	mutex_lock(&late_lock);
	list_add_tail(&w->all, &waits);
	mutex_unlock(&late_lock);
	return 0;
}

void ksplice_waits_drop(struct ksplice_update *u)
{
	struct ksplice_wait *w, *next;

	list_for_each_entry_safe(w, next, &u->waits, list) {
		mutex_lock(&late_lock);
		list_del(&w->all);
		mutex_unlock(&late_lock);
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

static bool is_waited_for(const char *name)
{
	struct ksplice_wait *w;

	list_for_each_entry(w, &waits, all)
		if (!strcmp(w->name, name))
			return true;
	return false;
}

/* Shares */

struct ksplice_update *ksplice_share_create(struct ksplice_update *whole)
{
	struct ksplice_update *u = kzalloc(sizeof(*u), GFP_KERNEL);

	if (!u)
		return NULL;
	ksplice_update_init(u, whole->id);
	u->whole = whole;
	list_add_tail(&u->list, &ksplice_updates);
	return u;
}

void ksplice_share_destroy(struct ksplice_update *u)
{
	list_del(&u->list);
	ksplice_update_reset(u);
	kfree(u);
}

/* Under both locks. */
static void shares_sweep(void)
{
	struct ksplice_update *u, *next;

	list_for_each_entry_safe(u, next, &ksplice_updates, list)
		if (u->whole && list_empty(&u->targets))
			ksplice_share_destroy(u);
}

static void move_target(struct ksplice_target *t, struct ksplice_update *to)
{
	list_move_tail(&t->list, &to->targets);
	t->update = to;
}

void ksplice_share_failed(const struct ksplice_update *u, const char *target)
{
	struct ksplice_wait *w = ksplice_wait_find(u->whole, target);

	if (!w)
		return;
	w->cause = u->cause;
	strscpy(w->detail, u->detail, sizeof(w->detail));
}

int ksplice_shares_splice(struct ksplice_update *whole)
{
	struct ksplice_update *u;
	int err;

	list_for_each_entry(u, &ksplice_updates, list) {
		struct ksplice_move move = { .update = u };
		struct ksplice_moves m = { .move = &move, .nr = 1 };
		struct ksplice_target *t = list_first_entry_or_null(&u->targets, struct ksplice_target, list);

		if (u->whole != whole || u->stage != KSPLICE_PREPARING || !t || ksplice_at_gate(t->name) != t->module)
			continue;
		err = ksplice_moves_make(&m);
		if (err) {
			ksplice_share_failed(u, t->name);
			return err;
		}
		move_target(t, whole);
	}
	return 0;
}

int ksplice_late_hold(struct ksplice_update *u)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list) {
		if (!t->late || t->gone)
			continue;
		if (!try_module_get(t->module)) {
			ksplice_late_unhold(u);
			return ksplice_fail(u, KSPLICE_MODULE_BUSY, -EBUSY, "target=%s state=going", t->name);
		}
		t->late = false;
		t->just_held = true;
	}
	return 0;
}

void ksplice_late_unhold(struct ksplice_update *u)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list) {
		if (!t->just_held)
			continue;
		module_put(t->module);
		t->late = true;
		t->just_held = false;
	}
}

void ksplice_late_held(struct ksplice_update *u)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list)
		t->just_held = false;
}

/* Gates */

static struct gate *gate_of(const struct module *mod)
{
	size_t i;

	for (i = 0; i < NR_GATES; i++)
		if (gates[i].mod == mod)
			return &gates[i];
	return NULL;
}

struct module *ksplice_at_gate(const char *name)
{
	size_t i;

	for (i = 0; i < NR_GATES; i++)
		if (gates[i].open && !strcmp(gates[i].mod->name, name))
			return gates[i].mod;
	return NULL;
}

/* Nothing is spliced in the module any more, or nothing was, or it is gone. */
static void gate_free(struct gate *g)
{
	g->mod->exit = g->exit;
	*g = (struct gate){ 0 };
	module_put(THIS_MODULE);
}

/* Whether something but @but is spliced in @mod, or is going to be. */
static bool is_target(const struct module *mod, const struct ksplice_target *but)
{
	struct ksplice_update *u;
	struct ksplice_target *t;

	list_for_each_entry(u, &ksplice_updates, list)
		list_for_each_entry(t, &u->targets, list)
			if (t->module == mod && t != but && !t->gone)
				return true;
	return false;
}

/*
 * @t, which holds its module, is about to let go of it.  As it is held it is not on its way out, so nobody has read its pointer to the
 * exit function.  While it is on its way in its init runs within the gate, which event_live() frees then.
 */
void ksplice_gate_release(const struct ksplice_target *t)
{
	struct module *mod = t->module;
	struct gate *g;

	if (is_target(mod, t))
		return;
	mutex_lock(&late_lock);
	g = gate_of(mod);
	if (g)
		g->spliced = false;
	if (g && mod->state == MODULE_STATE_LIVE)
		gate_free(g);
	mutex_unlock(&late_lock);
}

static int run_helper(const char *what, const struct module *mod)
{
	static char *envp[] = { "HOME=/", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	char path[sizeof(helper)], option[MODULE_NAME_LEN + 16];
	char *argv[] = { path, option, NULL };

	mutex_lock(&late_lock);
	strscpy(path, helper, sizeof(path));
	mutex_unlock(&late_lock);
	snprintf(option, sizeof(option), "--%s=%s", what, mod->name);
	return path[0] ? call_usermodehelper(path, argv, envp, UMH_WAIT_PROC) : -ENOENT;
}

static void gate_open(struct gate *g)
{
	struct ksplice_update *u;
	struct ksplice_wait *w;

	mutex_lock(&ksplice_mutex);
	list_for_each_entry(u, &ksplice_updates, list) {
		w = ksplice_wait_find(u, g->mod->name);
		if (w)
			w->cause = KSPLICE_OK;
	}
	g->open = true;
	mutex_unlock(&ksplice_mutex);
}

/* What the program has begun and not brought to an end holds the module, as any target that is not spliced does. */
static void hold_left(const struct module *mod)
{
	struct ksplice_update *u;
	struct ksplice_target *t;

	list_for_each_entry(u, &ksplice_updates, list) {
		list_for_each_entry(t, &u->targets, list) {
			if (!u->whole || t->module != mod || !t->late)
				continue;
			__module_get(t->module);
			t->late = false;
		}
	}
}

/* Where the core itself has no reason, the program did not come so far. @status is that of call_usermodehelper(). */
static const char *why_not(struct ksplice_wait *w, int status)
{
	if (w->cause == KSPLICE_OK) {
		w->cause = KSPLICE_UNEXPECTED;
		snprintf(w->detail, sizeof(w->detail), status < 0 ? "program=not_run errno=%d" : "program=failed status=0x%x",
			 abs(status));
	}
	return ksplice_cause_word(w->cause);
}

/* Whether @mod may go on; tells of each update that it goes without. */
static int gate_close(struct gate *g, int status)
{
	const char *name = g->mod->name;
	struct ksplice_update *u;
	struct ksplice_wait *w;
	int err = 0;

	mutex_lock(&ksplice_lifecycle);
	mutex_lock(&ksplice_mutex);
	g->open = false;
	g->spliced = is_target(g->mod, NULL);
	hold_left(g->mod);
	shares_sweep();
	list_for_each_entry(u, &ksplice_updates, list) {
		w = u->stage == KSPLICE_APPLIED ? ksplice_wait_find(u, name) : NULL;
		if (!w || ksplice_target_find(u, name))
			continue;
		pr_warn("update %s: the module %s is %s: %s: %s\n", u->id, name, w->strict ? "not loaded (--strict)" :
			"loaded WITHOUT the update", why_not(w, status), w->detail);
		w->unpatched = !w->strict;
		if (w->strict)
			err = -EPERM;
	}
	mutex_unlock(&ksplice_mutex);
	mutex_unlock(&ksplice_lifecycle);
	return err;
}

/* Leaving */

/* The youngest of what is spliced, or was going to be, in @mod. */
static struct ksplice_target *youngest_in(const struct module *mod)
{
	struct ksplice_target *t, *ret = NULL;
	struct ksplice_update *u;

	list_for_each_entry(u, &ksplice_updates, list)
		list_for_each_entry(t, &u->targets, list)
			if (t->module == mod && !t->gone &&
			    (!ret || u->stage != KSPLICE_APPLIED || u->sequence > ret->update->sequence))
				ret = t;
	return ret;
}

/* Makes @t, which is in a module that goes, a share by itself. */
static struct ksplice_update *split(struct ksplice_target *t)
{
	struct ksplice_update *u = t->update, *share = u;

	if (!u->whole) {
		do
			share = ksplice_share_create(u);
		while (!share && (msleep(LEAVE_PAUSE), true));
		share->stage = u->stage;
		share->in_force = u->in_force;
		share->sequence = u->sequence;
		move_target(t, share);
	}
	if (!t->late)
		module_put(t->module);
	t->late = true;
	return share;
}

/* It cannot be reversed: its code is in use, or somebody has written over a hook.  So its code must stay for good; held as it is. */
static void abandon(struct ksplice_update *share)
{
	pr_err("update %s: its code for a module that goes cannot be taken away (%s %s) and stays until the next boot\n", share->id,
	       ksplice_cause_word(share->cause), share->detail);
	ksplice_hooks_forget(share);
	ksplice_ftrace_hooks_remove(share);
	share->stage = KSPLICE_REVERSED;
	share->in_force = false;
}

/*
 * Functions are put back as for an undo, with the same checks; data that was changed in place goes with the module, and the module may
 * have changed it.
 */
static void reverse(struct ksplice_update *share, struct ksplice_target *t)
{
	struct ksplice_move move = { .update = share, .reverse = true };
	struct ksplice_moves m = { .move = &move, .nr = 1 };
	int i, err = -EBUSY;

	ksplice_objects_free(t);
	for (i = 0; i < LEAVE_TRIES && err == -EBUSY; i++) {
		if (i)
			msleep(LEAVE_PAUSE);
		err = ksplice_moves_make(&m);
	}
	if (err)
		abandon(share);
}

/* All that is spliced in @mod, the youngest first; whether there is anything whose modules have to go. */
static bool reverse_all(const struct module *mod)
{
	struct ksplice_target *t;
	bool any = false;

	mutex_lock(&ksplice_lifecycle);
	mutex_lock(&ksplice_mutex);
	while ((t = youngest_in(mod))) {
		struct ksplice_update *share = split(t);

		t->gone = true;
		any = true;
		if (share->stage == KSPLICE_APPLIED)
			reverse(share, t);
		/* Addresses of what is going to be freed. */
		ksplice_unpublish(t->publication);
		t->publication = NULL;
	}
	mutex_unlock(&ksplice_mutex);
	mutex_unlock(&ksplice_lifecycle);
	return any;
}

void ksplice_late_code_goes(const struct module *mod)
{
	struct going *g = kmalloc(sizeof(*g), GFP_KERNEL | __GFP_NOFAIL);

	g->mod = mod;
	mutex_lock(&late_lock);
	list_add(&g->list, &going);
	mutex_unlock(&late_lock);
}

static bool none_goes(void)
{
	bool ret;

	mutex_lock(&late_lock);
	ret = list_empty(&going);
	mutex_unlock(&late_lock);
	return ret;
}

/* Pins the code modules that are still there and were made for @mod; false while one of them is about to go. */
static bool pin_left(const struct module *mod)
{
	struct ksplice_update *u;
	struct ksplice_target *t;
	bool all = true;

	mutex_lock(&ksplice_mutex);
	list_for_each_entry(u, &ksplice_updates, list) {
		list_for_each_entry(t, &u->targets, list) {
			if (t->module != mod || !t->gone || !t->code || t->pinned)
				continue;
			t->pinned = try_module_get(t->code);
			if (t->pinned)
				pr_err("update %s: %s could not be unloaded before its target and stays until the next boot\n", u->id,
				       t->code->name);
			else
				all = false;
		}
	}
	mutex_unlock(&ksplice_mutex);
	return all;
}

/*
 * A code module may be linked to static keys and static calls of its target, and reads these when it goes (kernel/jump_label.c,
 * jump_label_del_module(), 6.1).  So it has to go before they are freed, or never.
 */
static void leave(const struct module *mod)
{
	if (!reverse_all(mod))
		return;
	run_helper("going", mod);
	while (!pin_left(mod))
		msleep(LEAVE_PAUSE);
	while (!none_goes())
		msleep(LEAVE_PAUSE / 10);
}

static void leave_gate(unsigned int n)
{
	if (gates[n].exit)
		gates[n].exit();
	leave(gates[n].mod);
}

/* A function that the kernel calls without an argument must know by itself which gate it is. */
#define LEAVE(n)	static void leave_##n(void) { leave_gate(n); }
#define LEAVE_NAME(n)	leave_##n,
#define ENTER(n)	static int enter_##n(void) { return enter_gate(n); }
#define ENTER_NAME(n)	enter_##n,
#define SIXTEEN(each, n) each(n##0) each(n##1) each(n##2) each(n##3) each(n##4) each(n##5) each(n##6) each(n##7) \
			each(n##8) each(n##9) each(n##a) each(n##b) each(n##c) each(n##d) each(n##e) each(n##f)
#define ALL_GATES(each)	SIXTEEN(each, 0x0) SIXTEEN(each, 0x1) SIXTEEN(each, 0x2) SIXTEEN(each, 0x3) \
			SIXTEEN(each, 0x4) SIXTEEN(each, 0x5) SIXTEEN(each, 0x6) SIXTEEN(each, 0x7) \
			SIXTEEN(each, 0x8) SIXTEEN(each, 0x9) SIXTEEN(each, 0xa) SIXTEEN(each, 0xb) \
			SIXTEEN(each, 0xc) SIXTEEN(each, 0xd) SIXTEEN(each, 0xe) SIXTEEN(each, 0xf)

ALL_GATES(LEAVE)
static void (*const leaves[NR_GATES])(void) = { ALL_GATES(LEAVE_NAME) };

/* One that has an init and no exit cannot (kernel/module/main.c, delete_module()), and that stays so. */
static bool can_be_unloaded(const struct module *mod, void (*exit)(void))
{
	return exit || !mod->init;
}

/*
 * The gate of a module that was there before the update: only for its way out.  @t holds it, so it is not on that way, and nobody has
 * read its pointer to the exit function.  It may have one, also one that event_live() is about to free.
 */
static bool gate_make(const struct ksplice_target *t)
{
	struct module *mod = t->module;
	struct gate *g;

	mutex_lock(&late_lock);
	g = gate_of(mod) ?: gate_of(NULL);
	if (g && !can_be_unloaded(mod, g->mod ? g->exit : mod->exit))
		g = NULL;
	if (g && !g->mod) {
		__module_get(THIS_MODULE);	/* held by who waits */
		*g = (struct gate){ .mod = mod, .exit = mod->exit };
	}
	if (g) {
		g->spliced = true;
		mod->exit = leaves[g - gates];
	}
	mutex_unlock(&late_lock);
	return g;
}

/* Other targets' code refers to what it offers, and the author's functions expect that it stays. */
static bool may_go(const struct ksplice_target *t)
{
	return t->module && !t->late && !t->offers && !t->nr_author_hooks && ksplice_wait_find(t->update, t->name);
}

void ksplice_late_let_go(struct ksplice_update *u)
{
	struct ksplice_target *t;

	list_for_each_entry(t, &u->targets, list) {
		if (!may_go(t) || t->module->state != MODULE_STATE_LIVE || !gate_make(t))
			continue;
		t->late = true;
		module_put(t->module);
	}
}

static int enter_gate(unsigned int n)
{
	struct gate *g = &gates[n];
	struct module *mod = g->mod;
	int err;

	mod->init = g->init;
	gate_open(g);
	err = gate_close(g, run_helper("coming", mod));
	if (g->spliced && can_be_unloaded(mod, g->exit))
		mod->exit = leaves[n];
	/* As do_init_module() calls it: with initcall_blacklist= and initcall_debug, which have seen ours. */
	if (!err && g->init)
		err = static_call(ksplice_do_one_initcall)(g->init);
	if (err < 0)
		leave(mod);
	return err;
}

ALL_GATES(ENTER)
static int (*const enters[NR_GATES])(void) = { ALL_GATES(ENTER_NAME) };

/*
 * What the module loader tells.  It holds the lock of the chain for that, so nothing here waits for what an update does: an author's
 * hook, with the core's locks held, may wait for a module.
 */

static bool is_strict(const char *name)
{
	struct ksplice_wait *w;

	list_for_each_entry(w, &waits, all)
		if (w->strict && !strcmp(w->name, name))
			return true;
	return false;
}

static void set_unpatched(const char *name, bool unpatched)
{
	struct ksplice_wait *w;

	list_for_each_entry(w, &waits, all)
		if (!strcmp(w->name, name))
			WRITE_ONCE(w->unpatched, unpatched);
}

/* Under late_lock. */
static int event_coming(struct module *mod)
{
	struct gate *g = is_waited_for(mod->name) ? gate_of(NULL) : NULL;
	bool strict = is_strict(mod->name);

	if (!is_waited_for(mod->name))
		return 0;
	if (!g) {
		pr_warn("the module %s is %s: too many modules are spliced\n", mod->name, strict ? "not loaded (--strict)" :
			"loaded WITHOUT the updates that wait for it");
		set_unpatched(mod->name, true);
		return strict ? -EBUSY : 0;
	}
	__module_get(THIS_MODULE);	/* held by who waits */
	*g = (struct gate){ .mod = mod, .init = mod->init, .exit = mod->exit };
	mod->init = enters[g - gates];
	return 0;
}

static void event_live(struct module *mod)
{
	struct gate *g = gate_of(mod);

	if (g && !g->spliced)
		gate_free(g);
}

static void event_going(struct module *mod)
{
	struct gate *g = gate_of(mod);
	struct going *it, *next;

	if (g)
		gate_free(g);
	set_unpatched(mod->name, false);
	list_for_each_entry_safe(it, next, &going, list) {
		if (it->mod != mod)
			continue;
		list_del(&it->list);
		kfree(it);
	}
}

static int module_event(struct notifier_block *nb, unsigned long event, void *data)
{
	int err = 0;

	mutex_lock(&late_lock);
	if (event == MODULE_STATE_COMING)
		err = event_coming(data);
	else if (event == MODULE_STATE_LIVE)
		event_live(data);
	else if (event == MODULE_STATE_GOING)
		event_going(data);
	mutex_unlock(&late_lock);
	return notifier_from_errno(err);
}

/* After all others: whoever links a module to static keys and calls, or takes it off them, has done so. */
static struct notifier_block module_nb = { .notifier_call = module_event, .priority = INT_MIN };

/* What sysfs shows and takes */

int ksplice_helper_set(const char *path)
{
	int err = 0;

	if (path[0] != '/')
		return -EINVAL;
	mutex_lock(&late_lock);
	if (strlen(path) < sizeof(helper))
		strscpy(helper, path, sizeof(helper));
	else
		err = -ENAMETOOLONG;
	mutex_unlock(&late_lock);
	return err;
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

int ksplice_late_init(void)
{
	return register_module_notifier(&module_nb);
}

void ksplice_late_exit(void)
{
	unregister_module_notifier(&module_nb);
}
