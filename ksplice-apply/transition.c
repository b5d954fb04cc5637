// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes the stage of one update, or those of several, and tries again while tasks are in the way. */
#include "ksplice-apply/change.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define PAUSE_FIRST	100	/* ms; doubles with each try */
#define PAUSE_MAX	5000

/* Is this a failure that time may heal? */
static bool passing(const struct reason *reason, int errnum)
{
	if (reason->cause == CAUSE_CODE_BUSY || reason->cause == CAUSE_MODULE_BUSY)
		return true;
	return reason->cause == CAUSE_NONE && (errnum == EBUSY || errnum == EAGAIN || errnum == EINTR);
}

/* What goes back while others come is replaced. */
static const char *doing(const struct step *step, size_t nr)
{
	return step->stage == STAGE_APPLIED ? "apply" : nr > 1 ? "replace" : "undo";
}

static int write_stages(const struct kernel *k, const struct step *steps, size_t nr)
{
	return nr == 1 ? core_set_stage(k, steps[0].id, steps[0].stage) : core_in_one_stop(k, steps, nr);
}

/* Another update's conflicts, behind those that are there. */
static struct error *add_conflicts(struct reason *to, const struct reason *from)
{
	char *all = NULL;

	if (asprintf(&all, "%s\n%s", to->conflicts, from->conflicts) < 0)
		return error_errno(ENOMEM, "update %s", from->id);
	free(to->conflicts);
	to->conflicts = all;
	return NULL;
}

/*
 * These the core returns before it has come to look at any update: what it has recorded is of an earlier try.  Memory may be short
 * before that or later; that it was short later is recorded.
 */
static bool is_stale(enum cause cause, int errnum)
{
	if (errnum == ENOMEM)
		return cause != CAUSE_OUT_OF_MEMORY;
	return errnum == ENOENT || errnum == EINTR || errnum == EPERM || errnum == E2BIG;
}

/*
 * Of the first update that has a reason of its own for the failed write; where tasks are in the way of several, of all of them.
 */
static struct error *read_reasons(struct change *c, const struct step *steps, size_t nr, int errnum, const struct step **culprit)
{
	struct error *err = NULL;

	*culprit = NULL;
	for (size_t i = 0; !err && i < nr; i++) {
		struct reason r;

		err = reason_read(c->kernel, steps[i].id, &r);
		if (!err && *culprit && c->reason.cause == CAUSE_CODE_BUSY && r.cause == CAUSE_CODE_BUSY)
			err = add_conflicts(&c->reason, &r);
		if (err || *culprit || r.cause == CAUSE_NONE || r.cause == CAUSE_OTHER_UPDATE || is_stale(r.cause, errnum)) {
			reason_free(&r);
			continue;
		}
		c->reason = r;
		*culprit = &steps[i];
	}
	return err;
}

static struct error *why(struct change *c, const struct step *culprit, size_t nr, int errnum)
{
	if (c->reason.cause != CAUSE_NONE)
		return reason_error(&c->reason, culprit->id, doing(culprit, nr));
	return error_errno(errnum, "the kernel core could not %s update %s", doing(culprit, nr), culprit->id);
}

/* Waits before the next try; false when there is to be none. */
static bool wait_for_next(struct change *c, const char *id, long long end)
{
	unsigned int left, pause = PAUSE_FIRST;
	long long now = c->kernel->now(c->kernel);

	if (c->tries > c->retries || now >= end)
		return false;
	for (unsigned int i = 1; i < c->tries && pause < PAUSE_MAX; i++)
		pause *= 2;
	if (pause > PAUSE_MAX)
		pause = PAUSE_MAX;
	left = (end - now + 999) / 1000;
	log_step(c->log, "update %s: tasks are in the way; try %u of %u follows", id, c->tries + 1, c->retries + 1);
	c->kernel->sleep(c->kernel, pause < left ? pause : left);
	return true;
}

struct error *transition(struct change *c, const struct step *steps, size_t nr)
{
	long long end = c->kernel->now(c->kernel) + c->timeout_ms * 1000LL;
	const struct step *culprit;
	struct error *err;

	for (c->tries = 1; ; c->tries++) {
		int ret = write_stages(c->kernel, steps, nr);

		reason_free(&c->reason);
		if (!ret)
			return NULL;
		err = read_reasons(c, steps, nr, ret, &culprit);
		if (err)
			return err;
		/* The core has not come to a reason; all are as guilty as the first. */
		if (!culprit)
			culprit = &steps[0];
		if (!passing(&c->reason, ret) || !wait_for_next(c, culprit->id, end))
			return why(c, culprit, nr, ret);
		err = change_interrupted();
		if (err)
			return err;
	}
}
