// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modules for which an update waits (kmodsrc/gates.c).  One that has come stands still until we are gone, so whatever happens, we end;
 * what is left half done is not spliced, and the core tells of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ksplice-apply/change.h"
#include "ksplice-apply/modules.h"
#include "ksplice-apply/store.h"

/* Calls @each for each update that waits for the module @name, or has, and for its target there. */
struct visit {
	struct change *c;
	const char *name;
	struct error *(*each)(struct change *c, const struct manifest *m, const struct manifest_target *t);
};

/* Whether "late" of update @id has the module, with this state. */
static struct error *is_late(const struct kernel *k, const char *id, const char *name, const char *state, bool *ret)
{
	struct error *err;
	char *text;

	*ret = false;
	err = core_text(k, id, "late", &text);
	if (err)
		return err;
	for (const char *l = text; *l; l += strcspn(l, "\n"), l += *l == '\n') {
		char *target = detail_value(l, "target"), *is = detail_value(l, "state");

		*ret |= target && is && !strcmp(target, name) && (!state || !strcmp(is, state));
		free(target);
		free(is);
	}
	free(text);
	return NULL;
}

static struct error *visit(const struct visit *v, const char *id)
{
	struct error *err = NULL;
	struct manifest *m;

	err = store_manifest(v->c->kernel, id, &m);
	if (!err && !m)
		err = error_new(ERROR_OTHER, "%s/%s is not there any more", v->c->kernel->run, id);
	for (size_t i = 0; !err && i < m->nr_targets; i++)
		if (!strcmp(m->targets[i].name, v->name))
			err = v->each(v->c, m, &m->targets[i]);
	manifest_free(m);
	return err;
}

static struct error *load_stored(struct change *c, const struct manifest *m, const struct manifest_module *mod)
{
	struct error *err;
	size_t size;
	char *data;

	err = store_module(c->kernel, m, mod->file, &data, &size);
	if (err)
		return err;
	err = module_load(c->kernel, mod->module, data, size, "", NULL);
	free(data);
	return err;
}

/* To write "applied" once more splices what has been prepared since. */
static struct error *come(struct change *c, const struct manifest *m, const struct manifest_target *t)
{
	struct error *err, *left;

	err = load_stored(c, m, &t->match);
	if (!err)
		err = load_stored(c, m, &t->code);
	if (!err)
		err = transition(c, &(struct step){ m->id, STAGE_APPLIED }, 1);
	left = err ? module_unload(c->kernel, t->code.module) : NULL;
	log_warn_error(c->log, left);
	log_warn_error(c->log, module_unload(c->kernel, t->match.module));
	return err;
}

static struct error *go(struct change *c, const struct manifest *m, const struct manifest_target *t)
{
	struct error *err;

	err = module_unload(c->kernel, t->match.module);
	return err ? err : module_unload(c->kernel, t->code.module);
}

static bool is_applied(const struct kernel *k, const char *id)
{
	enum core_stage stage = STAGE_NONE;

	error_free(core_stage(k, id, &stage));
	return stage == STAGE_APPLIED;
}

/* The first failure is that of all. */
static struct error *keep_first(struct change *c, struct error *first, struct error *err)
{
	if (!first)
		return err;
	log_warn_error(c->log, err);
	return first;
}

/* When it was applied, or 0. Two that were applied in one stop have the same time. */
static unsigned long long sequence_of(const struct kernel *k, const char *id)
{
	unsigned long long n = 0;
	char *text;
	struct error *err = core_text(k, id, "sequence", &text);

	if (!err) {
		n = strtoull(text, NULL, 10);
		free(text);
	}
	error_free(err);
	return n;
}

/* The oldest first: a later one may be made upon it. */
static void put_in_order(const struct kernel *k, struct core_ids *ids)
{
	char id[UPDATE_ID_MAX + 1];

	for (size_t i = 1; i < ids->nr; i++) {
		for (size_t j = i; j && sequence_of(k, ids->ids[j]) < sequence_of(k, ids->ids[j - 1]); j--) {
			memcpy(id, ids->ids[j], sizeof(id));
			memcpy(ids->ids[j], ids->ids[j - 1], sizeof(id));
			memcpy(ids->ids[j - 1], id, sizeof(id));
		}
	}
}

static struct error *coming_locked(struct change *c, const char *name, const struct core_ids *ids)
{
	const struct visit v = { c, name, come };
	struct error *first = NULL;

	for (size_t i = 0; i < ids->nr; i++) {
		bool late = false;
		struct error *err = is_late(c->kernel, ids->ids[i], name, "waiting", &late);

		if (!err && late && is_applied(c->kernel, ids->ids[i]))
			err = visit(&v, ids->ids[i]);
		if (err)
			first = keep_first(c, first, err);
	}
	return first;
}

/* The youngest first: an older one's code is held by what was made upon it. */
static struct error *unload_for(struct change *c, const char *name, const struct core_ids *ids)
{
	const struct visit v = { c, name, go };
	struct error *first = NULL;

	for (size_t i = ids->nr; i--;) {
		bool late = false;
		struct error *err = is_late(c->kernel, ids->ids[i], name, NULL, &late);

		/* What is being undone or replaced may be stored no more: then all of it is to go. */
		if (!err && late)
			err = store_has(c->kernel, ids->ids[i]) ? visit(&v, ids->ids[i]) : modules_unload_update(c->kernel, ids->ids[i]);
		if (err)
			first = keep_first(c, first, err);
	}
	return first;
}

struct error *change_coming(struct change *c, const char *name)
{
	struct core_ids ids;
	struct error *err;
	int lock;

	err = store_lock(c->kernel, c->timeout_ms, &lock);
	if (err)
		return err;
	err = core_ids(c->kernel, &ids);
	if (!err) {
		put_in_order(c->kernel, &ids);
		err = coming_locked(c, name, &ids);
		core_ids_free(&ids);
	}
	close(lock);
	return err;
}

/*
 * Without the lock: another tool may hold it for long, and what is not unloaded now stays until the next boot.  Nobody else has a use for
 * these modules: who prepares an update holds its targets, so that they do not go, and of what is applied nothing can be unloaded.
 */
struct error *change_going(struct change *c, const char *name)
{
	struct core_ids ids;
	struct error *err;

	err = core_ids(c->kernel, &ids);
	if (err)
		return err;
	put_in_order(c->kernel, &ids);
	err = unload_for(c, name, &ids);
	/* What is being undone has no order any more. */
	for (size_t i = 1; err && i < ids.nr; i++) {
		log_warn_error(c->log, err);
		err = unload_for(c, name, &ids);
	}
	core_ids_free(&ids);
	return err;
}
