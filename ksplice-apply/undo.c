// SPDX-License-Identifier: GPL-2.0-or-later
/* Undoes one update; and the order in which all of them can be undone. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ksplice-apply/change.h"
#include "ksplice-apply/modules.h"
#include "ksplice-apply/store.h"
#include "ksplice-apply/text.h"

/* Is there anything of an update that the core does not know? */
static struct error *check_known(const struct kernel *k, const char *id)
{
	struct error *err;
	bool any;

	err = modules_any(k, id, &any);
	if (!err && !any && !store_has(k, id))
		err = error_new(ERROR_UNKNOWN_ID, "there is no update %s\nksplice-view lists what there is.", id);
	return err;
}

static struct error *undo_locked(struct change *c, const char *id)
{
	enum core_stage stage;
	struct error *err;

	err = core_stage(c->kernel, id, &stage);
	if (!err && stage == STAGE_NONE)
		err = check_known(c->kernel, id);
	if (err)
		return err;
	if (stage == STAGE_APPLIED) {
		log_step(c->log, "undoing update %s", id);
		err = transition(c, &(struct step){ id, STAGE_REVERSED }, 1);
		if (err)
			return err;
		log_warn_error(c->log, core_text(c->kernel, id, "timing", &c->timing));
	}
	/* From here on no function of it runs any more, so a signal has nothing to prevent. */
	err = withdraw_update(c->kernel, id);
	if (err)
		return error_prefix(err, "update %s is not applied any more, but something of it is left", id);
	c->result = stage == STAGE_APPLIED ? CHANGE_UNDONE : CHANGE_CLEANED;
	log_warn_error(c->log, withdraw_core(c->kernel));
	return NULL;
}

struct error *change_undo(struct change *c, const char *id)
{
	struct error *err;
	int lock;

	err = store_lock(c->kernel, c->timeout_ms, &lock);
	if (err)
		return err;
	err = undo_locked(c, id);
	close(lock);
	log_step_done(c->log);
	return err;
}

struct error *change_drop_core(struct change *c)
{
	struct error *err;
	int lock;

	err = store_lock(c->kernel, c->timeout_ms, &lock);
	if (err)
		return err;
	err = withdraw_core(c->kernel);
	close(lock);
	return err;
}

/* One update of those to be put in order. */
struct standing {
	char id[UPDATE_ID_MAX + 1];
	long long applied_at;
	char *depends;		/* ids, one a line */
	bool done;
};

static bool stood_upon(const struct standing *s, size_t nr, const char *id)
{
	for (size_t i = 0; i < nr; i++)
		if (!s[i].done && text_has_line(s[i].depends, id))
			return true;
	return false;
}

/* The newest on which no other one stands: seconds alone do not tell, two may be of the same one. */
static struct standing *next_to_undo(struct standing *s, size_t nr)
{
	struct standing *best = NULL;

	for (size_t i = 0; i < nr; i++) {
		if (s[i].done || stood_upon(s, nr, s[i].id))
			continue;
		if (!best || s[i].applied_at > best->applied_at)
			best = &s[i];
	}
	return best;
}

static struct error *read_standing(const struct kernel *k, struct standing *s)
{
	struct error *err;
	char *text;

	err = core_text(k, s->id, "applied_at", &text);
	if (err)
		return err;
	s->applied_at = strtoll(text, NULL, 10);
	free(text);
	return core_text(k, s->id, "depends", &s->depends);
}

struct error *change_undo_order(const struct kernel *k, struct core_ids *ids)
{
	struct standing *s, *next;
	struct error *err;
	size_t nr = 0;

	err = core_ids(k, ids);
	if (err)
		return err;
	s = calloc(ids->nr + 1, sizeof(*s));
	if (!s)
		err = error_new(ERROR_SYSTEM, "out of memory");
	for (size_t i = 0; !err && i < ids->nr; i++) {
		strcpy(s[i].id, ids->ids[i]);
		err = read_standing(k, &s[i]);
	}
	/* A circle, which the core does not make, would end the loop early: the rest stays as it is. */
	while (!err && (next = next_to_undo(s, ids->nr))) {
		strcpy(ids->ids[nr++], next->id);
		next->done = true;
	}
	if (!err && nr != ids->nr)
		err = error_new(ERROR_OTHER, "updates stand on each other in a circle");
	for (size_t i = 0; s && i < ids->nr; i++)
		free(s[i].depends);
	free(s);
	if (err)
		core_ids_free(ids);
	return err;
}
