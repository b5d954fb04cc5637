/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One stop of the machine: prepare.c makes it and says what came of it, stop.c is what runs while the machine is stopped.
 */
#ifndef KSPLICE_STOP_H
#define KSPLICE_STOP_H

#include "core.h"
#include "safety.h"
#include "text.h"

struct ksplice_stop {
	/* prepare.c, before the stop */
	struct ksplice_update *update;
	bool		reverse;
	struct ksplice_check check;
	struct ksplice_range *ranges;	/* kvmalloc, as @writes */
	struct ksplice_write *writes;
	size_t		nr_writes, nr_prepared;
	/* stop.c, in the stopped machine */
	atomic_t	entered, checked, quiet, written;
	int		result;		/* 0; -EBUSY: a conflict; -EINVAL, @changed; -ECANCELED, @abort; -EIO: not written */
	size_t		changed;	/* which write finds something else than expected; nr_writes: a hook of ftrace's */
	struct ksplice_abort abort;
	u64		start, after_check, end;	/* ns */
};

/* stop.c: @data is a struct ksplice_stop that is all zero but for what is made before the stop.  Runs on every CPU at once; 0. */
int ksplice_stopped(void *data);

/* prepare.c: one stop, under ksplice_mutex; 0 or -errno, reason recorded. May sleep. */
int ksplice_stop_run(struct ksplice_update *u, bool reverse);

#endif
