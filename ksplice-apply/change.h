/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ksplice-apply and ksplice-undo do to the running kernel. */
#ifndef KSPLICE_APPLY_CHANGE_H
#define KSPLICE_APPLY_CHANGE_H

#include <limits.h>

#include "common/log.h"
#include "ksplice-apply/core.h"
#include "ksplice-apply/kernel.h"
#include "ksplice-apply/reason.h"
#include "ksplice-apply/update-file.h"

enum change_result {
	CHANGE_NONE,
	CHANGE_APPLIED,
	CHANGE_WOULD_APPLY,	/* dry run: all matched, nothing changed */
	CHANGE_ALREADY_APPLIED,
	CHANGE_UNDONE,
	CHANGE_CLEANED,		/* it was not applied; what was left of it is gone */
};

/* What applying is made of; CHANGE_PHASES is their number. */
enum change_phase {
	PHASE_CORE,		/* loading the core, if it was not there */
	PHASE_MATCH,		/* loading the match modules, which match */
	PHASE_CODE,		/* loading the code modules, unloading the match modules */
	PHASE_SPLICE,		/* all tries and the pauses between them */
	CHANGE_PHASES,
};

/* One of the updates that are to be applied. */
struct change_update {
	const struct update *update;	/* caller fills; borrowed */
	/* Set by change_apply(). */
	enum change_result result;
	char *splices;			/* as in sysfs, also of what was applied already; else NULL; to be freed */
	/* For each target of the manifest: it is not loaded yet; it may go, and come again. Else NULL; to be freed. */
	bool *waits, *may_come;
};

struct change {
	/* Caller fills. */
	const struct kernel *kernel;
	struct log *log;
	bool dry_run;			/* apply alone */
	bool strict;			/* apply alone: a module that waits and then does not match is not loaded */
	bool replace;			/* apply alone: what is applied is reversed in the same stop */
	const char *replace_ids;	/* "ID,ID": that alone; NULL: all */
	unsigned int retries;		/* further tries when tasks are in the way */
	unsigned int timeout_ms;	/* for all tries, and as long for other tools to end */
	/* Set by change_apply() and change_undo(); to be given to change_free(). */
	enum change_result result;	/* of undo */
	unsigned int tries;		/* writes of the stage */
	long long phases[CHANGE_PHASES];	/* microseconds each has taken; 0: it was not gone through */
	char *timing;			/* as in sysfs, of the last try, also of an earlier run; else NULL */
	struct core_ids replaced;	/* that were, or would be, replaced; the latest applied first */
	struct reason reason;		/* why it failed, if the core has told */
	/* Private. */
	bool core_is_ours;		/* loaded by us, so unloaded by us when it is not needed after all */
	char program[PATH_MAX];		/* which the core is to run for what is waited for; "": nothing is */
};

/* All that the caller fills, with the default number of tries and time. @k and @log are borrowed. */
void change_init(struct change *c, const struct kernel *k, struct log *log);
/*
 * Both take the lock, and leave nothing half done: after an error the kernel is as it was, or, where taking back has
 * failed too, a warning says what is left; another apply or undo then cleans it up.
 */
/*
 * All of @us in one stop of the machine, each upon those before it, or none; those that are applied already stay.  What
 * they replace goes in the same stop, and is then taken away.
 */
struct error *change_apply(struct change *c, struct change_update *us, size_t nr);
struct error *change_undo(struct change *c, const char *id);
/* What change_undo() has to be called with, newest first, to undo all; also what is left of killed runs. */
struct error *change_undo_order(const struct kernel *k, struct core_ids *ids);
/*
 * late.c: what is run by the kernel core for the module @name.  Splices in it, while it stands at its gate, what waits for it; the
 * first failure is returned, and more of them are warned of.
 */
struct error *change_coming(struct change *c, const char *name);
/* Unloads what was made for it, and does nothing any more. Without the lock. */
struct error *change_going(struct change *c, const char *name);
/* Takes the lock and unloads the core, if it is loaded and there is no update. */
struct error *change_drop_core(struct change *c);
void change_free(struct change *c);

/* transition.c: has the core go these steps, all or none; again and again while tasks are in the way. */
struct error *transition(struct change *c, const struct step *steps, size_t nr);

/*
 * withdraw.c: takes what the kernel and the store have of an update that is not applied, and of those, not applied either, that
 * stand on it.  withdraw_core() unloads the
 * core if there is no update at all.
 */
struct error *withdraw_update(const struct kernel *k, const char *id);
struct error *withdraw_core(const struct kernel *k);

/* ERROR_OTHER when a signal has come, else NULL. */
struct error *change_interrupted(void);

#endif
