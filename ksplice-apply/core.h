/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel core's sysfs (docs/formats.md), read and written. */
#ifndef KSPLICE_APPLY_CORE_H
#define KSPLICE_APPLY_CORE_H

#include <stdbool.h>

#include "common/names.h"
#include "ksplice-apply/kernel.h"

enum core_stage {
	STAGE_NONE,		/* the core does not know the update */
	STAGE_PREPARING,
	STAGE_APPLIED,
	STAGE_REVERSED,
};

/* The word in sysfs; "none" for STAGE_NONE. */
const char *core_stage_name(enum core_stage stage);

/* *@abi is 0 when the core is not loaded. */
struct error *core_abi(const struct kernel *k, unsigned int *abi);

/* How many shadow variables there are, which hold the core; 0 also when it is not loaded. */
struct error *core_shadow_variables(const struct kernel *k, unsigned int *nr);

struct core_ids {
	size_t nr;
	char (*ids)[UPDATE_ID_MAX + 1];		/* in the order of strcmp() */
};

/* The updates that the core knows; none when it is not loaded. */
struct error *core_ids(const struct kernel *k, struct core_ids *ids);
void core_ids_free(struct core_ids *ids);
bool core_ids_has(const struct core_ids *ids, const char *id);

struct error *core_stage(const struct kernel *k, const char *id, enum core_stage *stage);

/*
 * The content of ID/@file without the newline at its end, "" when there is no such file.  Control characters are
 * replaced (text.h).  *@text is to be freed.
 */
struct error *core_text(const struct kernel *k, const char *id, const char *file, char **text);

/* 0 or the errno of the write. */
int core_set_stage(const struct kernel *k, const char *id, enum core_stage stage);
/* Where one update is to go. */
struct step {
	const char *id;			/* borrowed */
	enum core_stage stage;		/* STAGE_APPLIED or STAGE_REVERSED */
};
#define CORE_STEPS_MAX	128		/* in one stop: KSPLICE_MAX_MOVES */
/* Several in one stop of the machine, all or none: 0 or the errno of the write. Up to CORE_STEPS_MAX. */
int core_in_one_stop(const struct kernel *k, const struct step *steps, size_t nr);
int core_forget(const struct kernel *k, const char *id);
/* The update is spliced in @module when that comes; @strict: or it is not loaded. 0 or the errno of the write. */
int core_wait_for(const struct kernel *k, const char *id, const char *module, bool strict);
/* Which program is run when a module comes or goes for which an update waits; likewise. */
int core_set_helper(const struct kernel *k, const char *path);

#endif
