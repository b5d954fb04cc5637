// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From updates in memory to hooks in the kernel.  Whatever happens on the way, the same function takes it back:
 * it looks at what the kernel has, not at how far we came, so it works as well for what a killed run has left.
 *
 *	killed before the stage is written	modules of updates in "preparing": taken away by the next run
 *	killed after				the updates are applied, and that is all
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kmodsrc/ksplice-abi.h"
#include "ksplice-apply/change.h"
#include "ksplice-apply/interrupt.h"
#include "ksplice-apply/modules.h"
#include "ksplice-apply/program.h"
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

	c->phases[phase] += now - *start;
	*start = now;
}

/*
 * Modules that are to be changed and are not there, past their init, are waited for, and those that are there as soon as they have gone.
 * What the author wants to be called expects the module to work, and to stay.
 */
static struct error *find_waiting(struct change *c, struct change_update *cu)
{
	const struct manifest *m = cu->update->manifest;
	struct error *err = NULL;

	cu->waits = calloc(m->nr_targets, sizeof(*cu->waits));
	cu->may_come = calloc(m->nr_targets, sizeof(*cu->may_come));
	if (!cu->waits || !cu->may_come)
		return error_new(ERROR_SYSTEM, "out of memory");
	for (size_t i = 0; i < m->nr_targets; i++) {
		const char *name = m->targets[i].name;

		if (!strcmp(name, "vmlinux"))
			continue;
		cu->waits[i] = !module_live(c->kernel, name);
		cu->may_come[i] = !manifest_has_hooks(m, i);
		if (cu->waits[i] && !cu->may_come[i])
			return error_new(ERROR_REFUSED, "update %s changes the module %s, which is not loaded, and has functions of its "
					 "author's that are to be called in it\nLoad it (modprobe %s), then apply again.", m->id, name,
					 name);
		if (cu->may_come[i] && !*c->program)
			err = program_path(c->kernel, c->program);
		if (err)
			return error_prefix(err, "update %s is to wait for the module %s", m->id, name);
	}
	return NULL;
}

/* Before anything is loaded, so that no module comes in between. */
static struct error *wait_for_targets(struct change *c, const struct change_update *cu)
{
	const struct manifest *m = cu->update->manifest;
	int ret = 0;

	for (size_t i = 0; !ret && i < m->nr_targets; i++) {
		if (!cu->may_come[i])
			continue;
		ret = core_set_helper(c->kernel, c->program);
		if (!ret)
			ret = core_wait_for(c->kernel, m->id, m->targets[i].name, c->strict);
	}
	return ret ? error_errno(ret, "the kernel core cannot have update %s wait for modules that are not loaded", m->id) : NULL;
}

static struct error *load_file(struct change *c, const struct update *u, const struct manifest_module *mod, const char *params)
{
	const struct update_file *f = update_find(u, mod->file);
	struct error *err, *other;

	err = change_interrupted();
	if (err)
		return err;
	err = module_load(c->kernel, mod->module, f->data, f->size, params, NULL);
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
		err = load_file(c, u, &u->manifest->core, "");
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

static struct error *load_all(struct change *c, const struct change_update *cu, const char *params)
{
	const struct update *u = cu->update;
	const struct manifest *m = u->manifest;
	long long start = c->kernel->now(c->kernel);
	struct error *err = NULL;

	if (!c->dry_run)
		err = wait_for_targets(c, cu);
	for (size_t i = 0; !err && i < m->nr_targets; i++) {
		if (cu->waits[i])
			continue;
		log_step(c->log, "matching %s", m->targets[i].name);
		err = load_file(c, u, &m->targets[i].match, params);
	}
	phase_end(c, PHASE_MATCH, &start);
	for (size_t i = 0; !err && i < m->nr_targets; i++) {
		if (cu->waits[i])
			continue;
		log_step(c->log, "loading new code for %s", m->targets[i].name);
		err = load_file(c, u, &m->targets[i].code, "");
	}
	for (size_t i = 0; !err && i < m->nr_targets; i++)
		if (!cu->waits[i])
			err = module_unload(c->kernel, m->targets[i].match.module);
	phase_end(c, PHASE_CODE, &start);
	return err;
}

static bool is_to_do(const struct change_update *cu)
{
	return cu->result != CHANGE_ALREADY_APPLIED;
}

static const char *id_of(const struct change_update *cu)
{
	return cu->update->manifest->id;
}

/* "name=a,b ", or nothing if there is none. */
struct list {
	FILE *out;
	const char *name;
	bool begun;
};

static void list_add(struct list *l, const char *id)
{
	fprintf(l->out, "%s%s%s", l->begun ? "" : l->name, l->begun ? "," : "=", id);
	l->begun = true;
}

static void list_end(const struct list *l)
{
	if (l->begun)
		fputc(' ', l->out);
}

/*
 * What the match modules of us[nr] are told: which updates count as applied (those before it) and which as never applied (what is to
 * be replaced). To be freed.
 */
static char *match_params(const struct change *c, const struct change_update *us, size_t nr)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct list upon = { out, "upon", false }, instead = { out, "instead", false };

	if (!out)
		return NULL;
	for (size_t i = 0; i < nr; i++)
		if (is_to_do(&us[i]))
			list_add(&upon, id_of(&us[i]));
	list_end(&upon);
	for (size_t i = 0; i < c->replaced.nr; i++)
		list_add(&instead, c->replaced.ids[i]);
	list_end(&instead);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* What does not match upon or instead of others may match as the kernel is. */
static struct error *say_as_if_what(struct error *err, const char *params)
{
	struct error *more;

	if (!*params || err->kind != ERROR_NO_MATCH)
		return err;
	more = error_new(err->kind, "%s\nIt was compared with what the kernel will be by then, not as it is: %s", err->text, params);
	error_free(err);
	return more;
}

static struct error *load_each(struct change *c, struct change_update *us, size_t nr)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < nr; i++) {
		char *params;

		if (!is_to_do(&us[i]))
			continue;
		params = match_params(c, us, i);
		if (!params)
			return error_new(ERROR_SYSTEM, "out of memory");
		err = load_all(c, &us[i], params);
		if (err)
			err = say_as_if_what(err, params);
		free(params);
		if (!err)
			err = core_text(c->kernel, id_of(&us[i]), "splices", &us[i].splices);
	}
	return err;
}

static void say_whom(struct change *c, const struct step *steps, size_t nr)
{
	if (nr == 1)
		log_step(c->log, "applying update %s", steps[0].id);
	else
		log_step(c->log, "applying %zu updates in one stop", nr);
}

static struct error *splice(struct change *c, struct change_update *us, size_t nr)
{
	long long start = c->kernel->now(c->kernel);
	struct step steps[CORE_STEPS_MAX];
	struct error *err = NULL;
	size_t nr_steps = 0;

	for (size_t i = 0; i < c->replaced.nr; i++)
		steps[nr_steps++] = (struct step){ c->replaced.ids[i], STAGE_REVERSED };
	for (size_t i = 0; !err && i < nr; i++) {
		if (!is_to_do(&us[i]))
			continue;
		err = store_save(c->kernel, us[i].update, us[i].may_come);
		steps[nr_steps++] = (struct step){ id_of(&us[i]), STAGE_APPLIED };
	}
	if (!err)
		err = change_interrupted();
	if (err)
		return err;
	say_whom(c, steps, nr_steps);
	err = transition(c, steps, nr_steps);
	phase_end(c, PHASE_SPLICE, &start);
	if (err)
		return err;
	for (size_t i = 0; i < nr; i++)
		if (is_to_do(&us[i]))
			us[i].result = CHANGE_APPLIED;
	log_warn_error(c->log, core_text(c->kernel, steps[nr_steps - 1].id, "timing", &c->timing));
	return NULL;
}

/*
 * What was replaced does nothing any more: that something of it is left is no failure.  The store first: while the core has the
 * update, the next run finds what a killed one has left.
 */
static void drop_replaced(struct change *c)
{
	for (size_t i = 0; i < c->replaced.nr; i++) {
		struct error *err = store_remove(c->kernel, c->replaced.ids[i]);

		if (!err)
			err = withdraw_update(c->kernel, c->replaced.ids[i]);
		if (err)
			err = error_prefix(err, "update %s is replaced, but something of it is left", c->replaced.ids[i]);
		log_warn_error(c->log, err);
	}
}

/* Takes @err, NULL for a dry run: then it is an error by itself if something cannot be taken back. */
static struct error *take_back(struct change *c, const struct change_update *us, size_t nr, struct error *err)
{
	struct error *left = NULL, *core = NULL;

	log_step(c->log, "taking back what was loaded");
	/* Later ones may stand on earlier ones. */
	while (!left && nr--)
		if (is_to_do(&us[nr]))
			left = withdraw_update(c->kernel, id_of(&us[nr]));
	/* What is left may be in the store alone; while the kernel has anything of an update, the core stays. */
	if (c->core_is_ours)
		core = withdraw_core(c->kernel);
	if (!left)
		left = core;
	else
		log_warn_error(c->log, core);
	if (!left || !err)
		return err ? err : left;
	log_warn_error(c->log, left);
	return err;
}

/* What an earlier run has done can be told as well as what this one does, but for the time of its phases. */
static struct error *already_applied(struct change *c, struct change_update *cu)
{
	struct error *err;

	err = core_text(c->kernel, id_of(cu), "splices", &cu->splices);
	if (!err && !c->timing)
		err = core_text(c->kernel, id_of(cu), "timing", &c->timing);
	if (!err)
		cu->result = CHANGE_ALREADY_APPLIED;
	return err;
}

/* Is it applied? What an earlier run has left is taken away. */
static struct error *look_before(struct change *c, struct change_update *cu)
{
	const char *id = id_of(cu);
	enum core_stage stage;
	struct error *err;
	bool same;

	err = core_stage(c->kernel, id, &stage);
	if (err || stage == STAGE_NONE)
		return err;
	if (stage != STAGE_APPLIED) {
		log_step(c->log, "cleaning up after an earlier run");
		return withdraw_update(c->kernel, id);
	}
	err = store_is(c->kernel, cu->update, &same);
	if (!err && !same)
		err = error_new(ERROR_REFUSED, "another update with the id %s is applied\n"
				"Undo it first (ksplice-undo %s), or give this one another id.", id, id);
	return err ? err : already_applied(c, cu);
}

static struct error *look_before_all(struct change *c, struct change_update *us, size_t nr, const struct update **first)
{
	struct error *err = NULL;

	*first = NULL;
	for (size_t i = 0; !err && i < nr; i++) {
		err = look_before(c, &us[i]);
		if (err || !is_to_do(&us[i]))
			continue;
		err = find_waiting(c, &us[i]);
		if (!*first)
			*first = us[i].update;
	}
	return err;
}

static bool is_among(const struct change_update *us, size_t nr, const char *id)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(id_of(&us[i]), id))
			return true;
	return false;
}

/* Is @id one of "ID,ID"? */
static bool is_listed(const char *list, const char *id)
{
	size_t len = strlen(id);

	for (; *list; list += strcspn(list, ","), list += *list == ',')
		if (strcspn(list, ",") == len && !strncmp(list, id, len))
			return true;
	return false;
}

/* Each id that is to be replaced must be one of @ids. */
static struct error *check_listed(const char *list, const struct core_ids *ids)
{
	for (; *list; list += strcspn(list, ","), list += *list == ',') {
		char id[UPDATE_ID_MAX + 1];
		size_t len = strcspn(list, ",");

		snprintf(id, sizeof(id), "%.*s", (int)len, list);
		if (len > UPDATE_ID_MAX || !core_ids_has(ids, id))
			return error_new(ERROR_UNKNOWN_ID, "there is no update %.*s that could be replaced\n"
					 "ksplice-view lists what there is.", (int)len, list);
	}
	return NULL;
}

/* It is in nobody's way, so that it cannot be taken away is no failure. */
static void clean_up(struct change *c, const char *id)
{
	struct error *err;

	if (c->dry_run)
		return;
	err = withdraw_update(c->kernel, id);
	if (err)
		err = error_prefix(err, "update %s, which is not applied, cannot be taken away", id);
	log_warn_error(c->log, err);
}

/*
 * Which updates are to go, the latest applied first, into c->replaced; of those that are not applied, what is left is taken away.
 * @any: whether there is something to apply; if not, what was to be replaced may be gone since an earlier run.
 */
static struct error *find_replaced(struct change *c, const struct change_update *us, size_t nr, bool any)
{
	enum core_stage stage;
	struct core_ids ids;
	struct error *err;
	size_t n = 0;

	err = change_undo_order(c->kernel, &ids);
	if (err)
		return err;
	if (c->replace_ids && any)
		err = check_listed(c->replace_ids, &ids);
	for (size_t i = 0; !err && i < ids.nr; i++) {
		const char *id = ids.ids[i];

		if (is_among(us, nr, id) || (c->replace_ids && !is_listed(c->replace_ids, id)))
			continue;
		err = core_stage(c->kernel, id, &stage);
		if (!err && stage == STAGE_APPLIED)
			memmove(ids.ids[n++], id, sizeof(ids.ids[0]));
		else if (!err)
			clean_up(c, id);
	}
	ids.nr = n;
	c->replaced = ids;
	return err;
}

/* Before anything is loaded. */
static struct error *check_number(const struct change *c, const struct change_update *us, size_t nr)
{
	size_t to_do = 0;

	for (size_t i = 0; i < nr; i++)
		to_do += is_to_do(&us[i]);
	if (to_do + c->replaced.nr <= CORE_STEPS_MAX)
		return NULL;
	return error_new(ERROR_REFUSED, "%zu update%s in the place of %zu are more than go in one stop (%d in all)\n"
			 "Undo some of those first (ksplice-undo).", to_do, to_do == 1 ? "" : "s", c->replaced.nr, CORE_STEPS_MAX);
}

static struct error *apply_locked(struct change *c, struct change_update *us, size_t nr)
{
	const struct update *first;
	struct error *err;
	bool done;

	err = look_before_all(c, us, nr, &first);
	if (!err && c->replace)
		err = find_replaced(c, us, nr, first);
	if (!err && !first && c->replaced.nr)
		err = error_new(ERROR_REFUSED, "update %s is applied already, upon or beside update %s, and cannot take its place any more\n"
				"Undo %s (ksplice-undo).", id_of(&us[0]), c->replaced.ids[0], c->replaced.ids[0]);
	if (!err)
		err = check_number(c, us, nr);
	if (err || !first)
		return err;
	free(c->timing);
	c->timing = NULL;
	err = ensure_core(c, first);
	if (!err)
		err = load_each(c, us, nr);
	if (!err && !c->dry_run)
		err = splice(c, us, nr);
	done = !err && !c->dry_run;
	if (done)
		drop_replaced(c);
	else
		err = take_back(c, us, nr, err);
	for (size_t i = 0; !err && !done && i < nr; i++)
		if (is_to_do(&us[i]))
			us[i].result = CHANGE_WOULD_APPLY;
	return err;
}

static struct error *check_update(const struct change_update *us, size_t i)
{
	const struct manifest *m = us[i].update->manifest;

	if (m->abi != KSPLICE_ABI)
		return error_new(ERROR_BAD_FILE, "the update needs kernel core ABI %u, this program knows ABI %d: "
				 "a newer one is needed", m->abi, KSPLICE_ABI);
	for (size_t k = 0; k < i; k++)
		if (!strcmp(id_of(&us[k]), m->id))
			return error_new(ERROR_REFUSED, "two updates with the id %s\nName each once, or give one of them another id.",
					 m->id);
	return NULL;
}

struct error *change_apply(struct change *c, struct change_update *us, size_t nr)
{
	struct error *err = NULL;
	int lock;

	if (nr > CORE_STEPS_MAX)
		return error_new(ERROR_REFUSED, "%zu updates are more than go in one stop\nApply at most %d at a time.", nr,
				 CORE_STEPS_MAX);
	for (size_t i = 0; !err && i < nr; i++)
		err = check_update(us, i);
	if (!err)
		err = store_lock(c->kernel, c->timeout_ms, &lock);
	if (err)
		return err;
	err = apply_locked(c, us, nr);
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
	free(c->timing);
	c->timing = NULL;
	core_ids_free(&c->replaced);
	reason_free(&c->reason);
}
