// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes an update's stage, and tries again while tasks are in the way. */
#include "ksplice-apply/change.h"

#include <errno.h>

#define PAUSE_FIRST	100	/* ms; doubles with each try */
#define PAUSE_MAX	5000

/* Is this a failure that time may heal? */
static bool passing(const struct reason *reason, int errnum)
{
	if (reason->cause == CAUSE_CODE_BUSY || reason->cause == CAUSE_MODULE_BUSY)
		return true;
	return reason->cause == CAUSE_NONE && (errnum == EBUSY || errnum == EAGAIN || errnum == EINTR);
}

static struct error *why(struct change *c, const char *id, const char *doing, int errnum)
{
	if (c->reason.cause != CAUSE_NONE)
		return reason_error(&c->reason, id, doing);
	return error_errno(errnum, "the kernel core could not %s update %s", doing, id);
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

struct error *transition(struct change *c, const char *id, enum core_stage stage, const char *doing)
{
	long long end = c->kernel->now(c->kernel) + c->timeout_ms * 1000LL;
	struct error *err;

	for (c->tries = 1; ; c->tries++) {
		int ret = core_set_stage(c->kernel, id, stage);

		reason_free(&c->reason);
		if (!ret)
			return NULL;
		err = reason_read(c->kernel, id, &c->reason);
		if (err)
			return err;
		if (!passing(&c->reason, ret) || !wait_for_next(c, id, end))
			return why(c, id, doing, ret);
		err = change_interrupted();
		if (err)
			return err;
	}
}
