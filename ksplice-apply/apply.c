// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From an update in memory to hooks in the kernel.  Whatever happens on the way, the same function takes it back:
 * it looks at what the kernel has, not at how far we came, so it works as well for what a killed run has left.
 *
 *	killed before the stage is written	modules of an update in "preparing": taken away by the next run
 *	killed after				the update is applied, and that is all
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kmodsrc/ksplice-abi.h"
#include "ksplice-apply/change.h"
#include "ksplice-apply/interrupt.h"
#include "ksplice-apply/modules.h"
#include "ksplice-apply/store.h"

struct error *change_interrupted(void)
{
	return interrupted() ? error_new(ERROR_OTHER, "interrupted; what was begun is taken back") : NULL;
}

static struct error *check_abi(unsigned int loaded, unsigned int wanted)
{
	if (loaded == wanted)
		return NULL;
	return error_new(ERROR_REFUSED, "the kernel core that is loaded has ABI %u, but the update needs ABI %u\n"
			 "Undo what is applied (ksplice-undo --all), which also unloads the core, then apply again.",
			 loaded, wanted);
}

/* The time since *@start counts for @phase; *@start is then now. */
static void phase_end(struct change *c, enum change_phase phase, long long *start)
{
	long long now = c->kernel->now(c->kernel);

	c->phases[phase] = now - *start;
	*start = now;
}

/* Modules that are to be changed must be there, and past their init. */
static struct error *check_targets(const struct kernel *k, const struct manifest *m)
{
	for (size_t i = 0; i < m->nr_targets; i++) {
		const char *name = m->targets[i].name;

		if (strcmp(name, "vmlinux") && !module_live(k, name))
			return error_new(ERROR_REFUSED, "update %s changes the module %s, which is not loaded\n"
					 "Load it (modprobe %s), then apply again.", m->id, name, name);
	}
	return NULL;
}

static struct error *load_file(struct change *c, const struct update *u, const struct manifest_module *mod)
{
	const struct update_file *f = update_find(u, mod->file);
	struct error *err, *other;

	err = change_interrupted();
	if (err)
		return err;
	err = module_load(c->kernel, mod->module, f->data, f->size, NULL);
	if (!err || mod == &u->manifest->core)
		return err;
	/* Where the core has said why, that is the reason; the errno of init_module() has many. */
	other = reason_read(c->kernel, u->manifest->id, &c->reason);
	if (other || c->reason.cause == CAUSE_NONE) {
		error_free(other);
		return err;
	}
	error_free(err);
	return reason_error(&c->reason, u->manifest->id, "apply");
}

static struct error *ensure_core(struct change *c, const struct update *u)
{
	long long start = c->kernel->now(c->kernel);
	unsigned int abi;
	struct error *err;

	err = core_abi(c->kernel, &abi);
	if (err)
		return err;
	if (!abi) {
		log_step(c->log, "loading the kernel core");
		err = load_file(c, u, &u->manifest->core);
		if (err)
			return err;
		c->core_is_ours = true;
		phase_end(c, PHASE_CORE, &start);
		err = core_abi(c->kernel, &abi);
		if (err)
			return err;
	}
	return check_abi(abi, u->manifest->abi);
}

static struct error *load_all(struct change *c, const struct update *u)
{
	const struct manifest *m = u->manifest;
	long long start = c->kernel->now(c->kernel);
	struct error *err = NULL;

	for (size_t i = 0; !err && i < m->nr_targets; i++) {
		log_step(c->log, "matching %s", m->targets[i].name);
		err = load_file(c, u, &m->targets[i].match);
	}
	phase_end(c, PHASE_MATCH, &start);
	for (size_t i = 0; !err && i < m->nr_targets; i++) {
		log_step(c->log, "loading new code for %s", m->targets[i].name);
		err = load_file(c, u, &m->targets[i].code);
	}
	for (size_t i = 0; !err && i < m->nr_targets; i++)
		err = module_unload(c->kernel, m->targets[i].match.module);
	phase_end(c, PHASE_CODE, &start);
	if (!err)
		err = core_text(c->kernel, m->id, "splices", &c->splices);
	return err;
}

static struct error *splice(struct change *c, const struct update *u)
{
	const char *id = u->manifest->id;
	long long start = c->kernel->now(c->kernel);
	struct error *err;

	err = store_save(c->kernel, u);
	if (!err)
		err = change_interrupted();
	if (err)
		return err;
	log_step(c->log, "applying update %s", id);
	err = transition(c, id, STAGE_APPLIED, "apply");
	phase_end(c, PHASE_SPLICE, &start);
	if (err)
		return err;
	c->result = CHANGE_APPLIED;
	log_warn_error(c->log, core_text(c->kernel, id, "timing", &c->timing));
	return NULL;
}

/* Takes @err, NULL for a dry run: then it is an error by itself if something cannot be taken back. */
static struct error *take_back(struct change *c, const char *id, struct error *err)
{
	struct error *left;

	log_step(c->log, "taking back what was loaded");
	left = withdraw_update(c->kernel, id);
	if (!left && c->core_is_ours)
		left = withdraw_core(c->kernel);
	if (!left || !err)
		return err ? err : left;
	log_warn_error(c->log, left);
	return err;
}

/* What an earlier run has done can be told as well as what this one does, but for the time of its phases. */
static struct error *already_applied(struct change *c, const char *id)
{
	struct error *err;

	err = core_text(c->kernel, id, "splices", &c->splices);
	if (!err)
		err = core_text(c->kernel, id, "timing", &c->timing);
	if (!err)
		c->result = CHANGE_ALREADY_APPLIED;
	return err;
}

/* Is there nothing to do? Then *@done. What an earlier run has left is taken away. */
static struct error *look_before(struct change *c, const struct update *u, bool *done)
{
	const char *id = u->manifest->id;
	enum core_stage stage;
	struct error *err;
	bool same;

	*done = false;
	err = core_stage(c->kernel, id, &stage);
	if (err || stage == STAGE_NONE)
		return err;
	if (stage != STAGE_APPLIED) {
		log_step(c->log, "cleaning up after an earlier run");
		return withdraw_update(c->kernel, id);
	}
	err = store_is(c->kernel, u, &same);
	if (!err && !same)
		err = error_new(ERROR_REFUSED, "another update with the id %s is applied\n"
				"Undo it first (ksplice-undo %s), or give this one another id.", id, id);
	if (!err)
		err = already_applied(c, id);
	*done = true;
	return err;
}

static struct error *apply_locked(struct change *c, const struct update *u)
{
	const struct manifest *m = u->manifest;
	struct error *err;
	bool done;

	err = look_before(c, u, &done);
	if (err || done)
		return err;
	err = check_targets(c->kernel, m);
	if (err)
		return err;
	err = ensure_core(c, u);
	if (!err)
		err = load_all(c, u);
	if (!err && c->dry_run)
		c->result = CHANGE_WOULD_APPLY;
	else if (!err)
		err = splice(c, u);
	if (c->result != CHANGE_APPLIED)
		err = take_back(c, m->id, err);
	return err;
}

struct error *change_apply(struct change *c, const struct update *u)
{
	struct error *err;
	int lock;

	if (u->manifest->abi != KSPLICE_ABI)
		return error_new(ERROR_BAD_FILE, "the update needs kernel core ABI %u, this program knows ABI %d: "
				 "a newer one is needed", u->manifest->abi, KSPLICE_ABI);
	err = store_lock(c->kernel, c->timeout_ms, &lock);
	if (err)
		return err;
	err = apply_locked(c, u);
	close(lock);
	log_step_done(c->log);
	return err;
}

void change_init(struct change *c, const struct kernel *k, struct log *log)
{
	*c = (struct change){ .kernel = k, .log = log, .retries = 5, .timeout_ms = 30000 };	/* as in CLI_CHANGE_HELP */
}

void change_free(struct change *c)
{
	free(c->splices);
	free(c->timing);
	c->splices = c->timing = NULL;
	reason_free(&c->reason);
}
