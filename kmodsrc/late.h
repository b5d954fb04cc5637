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
/* Whether without an update that waits for it, it is not loaded. */
bool ksplice_is_strict(const char *name);
/* Whether it is there, without the updates that wait for it. */
void ksplice_set_unpatched(const char *name, bool unpatched);

/* shares.c */
/* Those that have no target any more: under both locks. */
void ksplice_shares_sweep(void);
/* Makes @t, which is in a module that goes, a share by itself; likewise. */
struct ksplice_update *ksplice_share_split(struct ksplice_target *t);

/* helper.c: runs the program with --WHAT=MODULE and waits for its end. As call_usermodehelper(); -ENOENT: none is set. */
int ksplice_helper_run(const char *what, const struct module *mod);

/* gates.c: a gate for the way out of the module that @t holds. False: there is none left, or it cannot be unloaded. */
bool ksplice_gate_make(const struct ksplice_target *t);

/* leave.c: under no lock. */
/* When @mod, whose exit function has returned or whose init has failed, is about to go: its code modules go before it, or stay for good. */
void ksplice_leave(const struct module *mod);
/* The kernel has taken @mod off static keys and calls. */
void ksplice_leave_unlinked(const struct module *mod);

#endif
