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

#define SPLICE_MS	2000	/* of the time, not waited for another tool */

/* What "late" of update @id has of the module @name: its value for @key, NULL where there is none. To be freed. */
static struct error *late_value(const struct kernel *k, const char *id, const char *name, const char *key, char **ret)
{
	struct error *err;
	char *text;

	*ret = NULL;
	err = core_text(k, id, "late", &text);
	if (err)
		return err;
	for (const char *l = text; *l && !*ret; l += strcspn(l, "\n"), l += *l == '\n') {
		char *target = detail_value(l, "target");

		if (target && !strcmp(target, name))
			*ret = detail_value(l, key);
		free(target);
	}
	free(text);
	return NULL;
}

static struct error *is_late(const struct kernel *k, const char *id, const char *name, const char *state, bool *ret)
{
	struct error *err;
	char *is;

	err = late_value(k, id, name, "state", &is);
	*ret = is && !strcmp(is, state);
	free(is);
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
	struct error *err = load_stored(c, m, &t->match);

	/* Code of that name may be there from before, which could not go. */
	if (err)
		return err;
	err = load_stored(c, m, &t->code);
	if (!err) {
		err = transition(c, &(struct step){ m->id, STAGE_APPLIED }, 1);
		if (err)
			log_warn_error(c->log, module_unload(c->kernel, t->code.module));
	}
	log_warn_error(c->log, module_unload(c->kernel, t->match.module));
	return err;
}

/* The update's own target of that name, if it is stored. */
static struct error *come_stored(struct change *c, const char *id, const char *name)
{
	struct error *err;
	struct manifest *m;

	err = store_manifest(c->kernel, id, &m);
	if (!err && !m)
		err = error_new(ERROR_OTHER, "%s/%s is not there any more", c->kernel->run, id);
	for (size_t i = 0; !err && i < m->nr_targets; i++)
		if (!strcmp(m->targets[i].name, name))
			err = come(c, m, &m->targets[i]);
	manifest_free(m);
	return err;
}

/* "a,b": those modules. */
static struct error *unload_listed(const struct kernel *k, char *list)
{
	struct error *err = NULL;
	char *name;

	while (!err && (name = strsep(&list, ",")))
		err = module_unload(k, name);
	return err;
}

/* That of the update which was made for the module, as the core names it, and nothing else of it. */
static struct error *go(const struct kernel *k, const char *id, const char *name)
{
	bool going = false;
	char *list = NULL;
	struct error *err;

	err = is_late(k, id, name, "going", &going);
	if (!err && going)
		err = late_value(k, id, name, "modules", &list);
	if (!err && list)
		err = unload_listed(k, list);
	free(list);
	return err;
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
	struct error *first = NULL;

	for (size_t i = 0; i < ids->nr; i++) {
		bool late = false;
		struct error *err = is_late(c->kernel, ids->ids[i], name, "waiting", &late);

		if (!err && late && is_applied(c->kernel, ids->ids[i]))
			err = come_stored(c, ids->ids[i], name);
		if (err)
			first = keep_first(c, first, err);
	}
	return first;
}

/* The youngest first: an older one's code is held by what was made upon it. */
static struct error *unload_for(struct change *c, const char *name, const struct core_ids *ids)
{
	struct error *first = NULL;

	for (size_t i = ids->nr; i--;) {
		struct error *err = go(c->kernel, ids->ids[i], name);

		if (err)
			first = keep_first(c, first, err);
	}
	return first;
}

struct error *change_coming(struct change *c, const char *name)
{
	long long start = c->kernel->now(c->kernel);
	struct core_ids ids;
	struct error *err;
	int lock;

	err = store_lock(c->kernel, c->timeout_ms > SPLICE_MS ? c->timeout_ms - SPLICE_MS : 0, &lock);
	if (err)
		return err;
	c->timeout_ms -= (c->kernel->now(c->kernel) - start) / 1000;
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
 * Without the lock: another tool may hold it for long, and what is not unloaded now stays until the next boot.  So another tool may be
 * preparing an update just then: nobody but the core knows what of an update was made for a module that goes.
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
