/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One stop of the machine: prepare.c makes it and says what came of it, stop.c is what runs while the machine is stopped.
 */
#ifndef KSPLICE_STOP_H
#define KSPLICE_STOP_H

#include "core.h"
#include "safety.h"
#include "writes.h"

struct ksplice_stop {
	/* prepare.c, before the stop */
	const struct ksplice_moves *moves;
	struct ksplice_check check;
	struct ksplice_range *ranges;	/* kvmalloc; of all moves, move i's before own_end[i]. check.ranges is sorted */
	size_t		nr_ranges, *own_end;
	struct ksplice_writes writes;
	size_t		nr_prepared;
	/* stop.c, in the stopped machine */
	atomic_t	entered, checked, quiet, written;
	int		result;		/* 0; -EBUSY: a conflict; -EINVAL, @changed; -ECANCELED, @abort; -EIO: not written */
	size_t		changed;	/* which write finds something else than expected; writes.nr: a hook of ftrace's */
	size_t		culprit;	/* the move with that hook of ftrace's, or with @abort */
	struct ksplice_abort abort;
	u64		start, after_check, end;	/* ns */
};

/* stop.c: @data is a struct ksplice_stop that is all zero but for what is made before the stop.  Runs on every CPU at once; 0. */
int ksplice_stopped(void *data);

/* prepare.c: one stop, under ksplice_mutex; 0 or -errno, reason recorded at whose it is. May sleep. */
int ksplice_stop_run(const struct ksplice_moves *m);

#endif
