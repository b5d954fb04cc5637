/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Targets that are not there when an update is applied: what waits for which module, and how a module that comes is spliced before its init
 * function runs.  docs/core.md tells why it is done so, docs/safety.md why it is safe.  Here is what its files offer to each other
 * alone; the rest is in core.h.
 */
#ifndef KSPLICE_LATE_H
#define KSPLICE_LATE_H

#include "core.h"

#define LEAVE_PAUSE	100	/* ms, between tries */

/* waits.c */
bool ksplice_is_waited_for(const char *name);
/* The module of that name comes, and nothing has failed; is gone. */
void ksplice_waits_come(const char *name);
void ksplice_waits_gone(const char *name);
void ksplice_wait_fail_if_ok(struct ksplice_wait *w, enum ksplice_cause cause, const char *detail);
/*
 * The module goes without what waits for it and is told by @misses; or without all, for this reason.  0, or -EPERM: it is not loaded
 * (--strict).
 */
int ksplice_waits_miss(const char *name, bool (*misses)(const struct ksplice_wait *w));
int ksplice_waits_miss_all(const char *name, enum ksplice_cause cause, const char *detail);

/* shares.c */
/* Those that have no target any more: under both locks. */
void ksplice_shares_sweep(void);
/* Makes @t, which is in a module that goes, a share by itself; likewise. */
struct ksplice_update *ksplice_share_split(struct ksplice_target *t);

/* helper.c: runs the program with --WHAT=MODULE and waits for its end. As call_usermodehelper(); -ENOENT: none is set. */
int ksplice_helper_run(const char *what, const struct module *mod);

/* gates.c: a gate for the way out of the module that @t holds. False: there is none left, it cannot be unloaded, is not LIVE, or is lost. */
bool ksplice_gate_make(const struct ksplice_target *t);

/* leave.c */
/*
 * Under no lock, when @mod, whose exit function has returned or whose init has failed, is about to go: its code modules go before it, or
 * stay for good.  False: an author's hook was in the way for long, and nothing of that is sure.
 */
bool ksplice_leave(const struct module *mod);
/* Under both locks, when @mod has gone without that. */
void ksplice_leave_lost(const struct module *mod);
/* The kernel has taken @mod off static keys and calls, and is going to free it. While modules stay. */
void ksplice_leave_unlinked(const struct module *mod);

#endif
