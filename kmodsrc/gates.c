// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gates, where modules stand still that come or go while updates wait for them.  docs/core.md tells why it is done so, docs/safety.md
 * why it is safe.
 *
 * A module for which an update waits gets a gate: its init function is exchanged for one of ours when it has been relocated
 * (MODULE_STATE_COMING), and so it stands still where the kernel holds no lock (kernel/module/main.c, do_init_module(), 6.1
 * and 6.12).  There a program is run that loads match and code module and writes "applied", and then the module's own init.  An exit
 * function of ours does the reverse, when the module's own has returned.
 */
#include <linux/notifier.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "late.h"
#include "symbols.h"

#define NR_GATES	256	/* modules at a time that are spliced, or at their gates */

/* One module that was at a gate, until it is gone, or nothing in it is spliced any more. */
struct gate {
	struct module	*mod;		/* NULL: free */
	int		(*init)(void);	/* its own; NULL: none */
	void		(*exit)(void);
	bool		open;		/* it stands there, and can be spliced */
	bool		spliced;	/* ... and went on with something spliced in it, or perhaps */
	bool		left;		/* nothing is spliced in it any more, but it is not gone */
	bool		lost;		/* gone without that: all that is left of @mod is its address */
};

/* Leaf lock, of gates. */
static DEFINE_MUTEX(gates_lock);
static struct gate gates[NR_GATES];

/*
 * Taken by the notifier for each module that goes, before gates_lock.  The kernel calls it before it frees the module's memory, and holds nothing
 * then but the lock of the chain, for reading (kernel/module/main.c, delete_module(), do_init_module(), load_module(), 6.1 and 6.12).
 */
static DEFINE_MUTEX(stay_lock);

void ksplice_modules_stay(void)
{
	mutex_lock(&stay_lock);
}

void ksplice_modules_may_go(void)
{
	mutex_unlock(&stay_lock);
}

static struct gate *gate_of(const struct module *mod)
{
	size_t i;

	for (i = 0; i < NR_GATES; i++)
		if (gates[i].mod == mod && !gates[i].lost)
			return &gates[i];
	return NULL;
}

struct module *ksplice_at_gate(const char *name)
{
	struct module *ret = NULL;
	size_t i;

	mutex_lock(&gates_lock);
	for (i = 0; i < NR_GATES; i++)
		if (gates[i].open && !strcmp(gates[i].mod->name, name))
			ret = gates[i].mod;
	mutex_unlock(&gates_lock);
	return ret;
}

/* Under gates_lock. */
static bool is_lost(const struct module *mod)
{
	bool lost = false;
	size_t i;

	for (i = 0; i < NR_GATES; i++)
		lost |= gates[i].lost && gates[i].mod == mod;
	return lost;
}

/* What comes after it is lost waits until here its gate tells so, and what was before it finds a module that is going. */
bool ksplice_gate_hold(struct module *mod)
{
	bool held;

	mutex_lock(&gates_lock);
	held = !is_lost(mod) && try_module_get(mod);
	mutex_unlock(&gates_lock);
	return held;
}

void ksplice_gate_put(struct module *mod)
{
	mutex_lock(&gates_lock);
	if (!is_lost(mod))
		module_put(mod);
	mutex_unlock(&gates_lock);
}

bool ksplice_gate_lost(const struct module *mod)
{
	bool lost;

	mutex_lock(&gates_lock);
	lost = is_lost(mod);
	mutex_unlock(&gates_lock);
	return lost;
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
	mutex_lock(&gates_lock);
	g = gate_of(mod);
	if (g)
		g->spliced = false;
	if (g && mod->state == MODULE_STATE_LIVE)
		gate_free(g);
	mutex_unlock(&gates_lock);
}

static bool gate_open(struct gate *g)
{
	if (!ksplice_lock_unless_hook())
		return false;
	ksplice_waits_come(g->mod->name);
	mutex_lock(&gates_lock);
	g->open = true;
	mutex_unlock(&gates_lock);
	mutex_unlock(&ksplice_mutex);
	mutex_unlock(&ksplice_lifecycle);
	return true;
}

/* What the program has begun and not brought to an end holds the module, as any target that is not spliced does. */
static void hold_left(const struct module *mod)
{
	struct ksplice_update *u;
	struct ksplice_target *t;

	list_for_each_entry(u, &ksplice_updates, list) {
		list_for_each_entry(t, &u->targets, list) {
			if (!u->whole || t->module != mod || !t->late || t->gone)
				continue;
			__module_get(t->module);
			t->late = false;
		}
	}
}

static bool misses(const struct ksplice_wait *w)
{
	return w->update->stage == KSPLICE_APPLIED && !ksplice_target_find(w->update, w->name);
}

/* Where the core itself has no reason, the program did not come so far. @status is that of call_usermodehelper(). */
static void why_not(const char *name, int status)
{
	struct ksplice_update *u;
	struct ksplice_wait *w;
	char detail[48];

	snprintf(detail, sizeof(detail), status < 0 ? "program=not_run errno=%d" : "program=failed status=0x%x", abs(status));
	list_for_each_entry(u, &ksplice_updates, list) {
		w = ksplice_wait_find(u, name);
		if (w && misses(w))
			ksplice_wait_fail_if_ok(w, KSPLICE_UNEXPECTED, detail);
	}
}

/*
 * Whether @mod may go on; tells of each update that it goes without.  Where an author's hook is in the way, it is not to be known what has
 * been done.
 */
static int gate_close(struct gate *g, int status)
{
	bool locked = ksplice_lock_unless_hook();
	int err;

	mutex_lock(&gates_lock);
	g->open = false;
	g->spliced = !locked || is_target(g->mod, NULL);
	mutex_unlock(&gates_lock);
	if (!locked)
		return ksplice_waits_miss_all(g->mod->name, KSPLICE_MODULE_BUSY, "hook=running");
	hold_left(g->mod);
	ksplice_shares_sweep();
	why_not(g->mod->name, status);
	err = ksplice_waits_miss(g->mod->name, misses);
	mutex_unlock(&ksplice_mutex);
	mutex_unlock(&ksplice_lifecycle);
	return err;
}

static void leave(struct gate *g)
{
	bool left = ksplice_leave(g->mod);

	mutex_lock(&gates_lock);
	g->left = left;
	mutex_unlock(&gates_lock);
}

static void leave_gate(unsigned int n)
{
	if (gates[n].exit)
		gates[n].exit();
	leave(&gates[n]);
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
 * The gate of a module that was there before the update: only for its way out.  @t holds it, so it is not on that way, if nobody forces it,
 * and nobody has read its pointer to the exit function.  It may have one, also one that event_live() is about to free.
 */
bool ksplice_gate_make(const struct ksplice_target *t)
{
	struct module *mod = t->module;
	struct gate *g = NULL;

	mutex_lock(&gates_lock);
	if (!is_lost(mod) && mod->state == MODULE_STATE_LIVE)
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
	mutex_unlock(&gates_lock);
	return g;
}

static int enter_gate(unsigned int n)
{
	struct gate *g = &gates[n];
	struct module *mod = g->mod;
	bool opened;
	int err;

	mod->init = g->init;
	opened = gate_open(g);
	if (opened)
		err = gate_close(g, ksplice_helper_run("coming", mod));
	else
		err = ksplice_waits_miss_all(mod->name, KSPLICE_MODULE_BUSY, "hook=running");
	if (g->spliced && can_be_unloaded(mod, g->exit))
		mod->exit = leaves[n];
	/* As do_init_module() calls it: with initcall_blacklist= and initcall_debug, which have seen ours. */
	if (!err && g->init)
		err = kernel_call(ksplice_do_one_initcall)(g->init);
	if (err < 0 && opened)
		leave(g);
	return err;
}

ALL_GATES(ENTER)
static int (*const enters[NR_GATES])(void) = { ALL_GATES(ENTER_NAME) };

/*
 * What the module loader tells.  It holds the lock of the chain for that, so nothing here waits for what an update does: an author's
 * hook, with the core's locks held, may wait for a module.  stay_lock is with none of these.
 */

/* Under gates_lock. */
static int event_coming(struct module *mod)
{
	struct gate *g = gate_of(NULL);

	if (!ksplice_is_waited_for(mod->name))
		return 0;
	if (!g)
		return ksplice_waits_miss_all(mod->name, KSPLICE_MODULE_BUSY, "gates=all_in_use");
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

/*
 * What is spliced in them is as it was: an author's hook had the core's locks, or it was forced out (rmmod -f), without its exit function
 * where there is an init and no exit, or though it was held.  Not in the notifier, which must not wait for those locks.
 */
void ksplice_gates_sweep(void)
{
	size_t i;

	for (i = 0; i < NR_GATES; i++) {
		if (!gates[i].lost)
			continue;
		ksplice_leave_lost(gates[i].mod);
		mutex_lock(&gates_lock);
		gates[i] = (struct gate){ 0 };
		mutex_unlock(&gates_lock);
		module_put(THIS_MODULE);
	}
}

static void lost_work(struct work_struct *work)
{
	mutex_lock(&ksplice_lifecycle);
	mutex_lock(&ksplice_mutex);
	ksplice_gates_sweep();
	mutex_unlock(&ksplice_mutex);
	mutex_unlock(&ksplice_lifecycle);
}

static DECLARE_WORK(lost, lost_work);

/*
 * Forced out (rmmod -f) though somebody holds it, perhaps we?  Without that, a module that is unloaded has no references (kernel/module/main.c,
 * try_release_module_ref(), 6.1); one whose loading has failed may have its own (load_module(), coming_cleanup), so the taint is asked, too.
 */
static bool is_forced_out(const struct module *mod)
{
	return test_taint(TAINT_FORCED_RMMOD) && module_refcount((struct module *)mod) > 0;
}

/* For one that has none. */
static struct gate *gate_for_lost(struct module *mod)
{
	struct gate *g = gate_of(NULL);

	if (!g) {
		pr_err("the module %s goes though it is held, and all gates are in use: an update that is spliced in it must not be undone\n", mod->name);
		return NULL;
	}
	__module_get(THIS_MODULE);
	*g = (struct gate){ .mod = mod, .exit = mod->exit, .spliced = true };
	return g;
}

static void event_going(struct module *mod)
{
	bool forced = is_forced_out(mod);
	struct gate *g = gate_of(mod);

	if (!g && forced)
		g = gate_for_lost(mod);
	/* What has left its gate in order may be held by others of ours still: of these, its memory takes the count along. */
	if (g && (forced || (g->spliced && !g->left))) {
		g->lost = true;
		schedule_work(&lost);
	} else if (g) {
		gate_free(g);
	}
	ksplice_waits_gone(mod->name);
}

static int module_event(struct notifier_block *nb, unsigned long event, void *data)
{
	int err = 0;

	if (event == MODULE_STATE_GOING)
		mutex_lock(&stay_lock);
	mutex_lock(&gates_lock);
	if (event == MODULE_STATE_COMING)
		err = event_coming(data);
	else if (event == MODULE_STATE_LIVE)
		event_live(data);
	else if (event == MODULE_STATE_GOING)
		event_going(data);
	mutex_unlock(&gates_lock);
	if (event == MODULE_STATE_GOING) {
		ksplice_leave_unlinked(data);
		mutex_unlock(&stay_lock);
	}
	return notifier_from_errno(err);
}

/* After all others: whoever links a module to static keys and calls, or takes it off them, has done so. */
static struct notifier_block module_nb = { .notifier_call = module_event, .priority = INT_MIN };

int ksplice_gates_init(void)
{
	return register_module_notifier(&module_nb);
}

void ksplice_gates_exit(void)
{
	unregister_module_notifier(&module_nb);
	/* It puts the last reference before its end. */
	flush_work(&lost);
}
