/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why the core did not do something: its words (abort_cause, abort_detail, conflicts) made into sentences. */
#ifndef KSPLICE_APPLY_REASON_H
#define KSPLICE_APPLY_REASON_H

#include <jansson.h>
#include <stdbool.h>

#include "common/names.h"
#include "ksplice-apply/kernel.h"

enum cause {
	CAUSE_NONE,		/* the core has not said anything: "ok", or the update is not there */
	CAUSE_BAD_MATCH_DATA,
	CAUSE_NO_MATCH,
	CAUSE_AMBIGUOUS,
	CAUSE_FAILED_TO_FIND,
	CAUSE_CODE_BUSY,
	CAUSE_MODULE_BUSY,
	CAUSE_TARGET_NOT_LOADED,
	CAUSE_DEPENDS,
	CAUSE_HOOK_CHANGED,
	CAUSE_DATA_CHANGED,
	CAUSE_ABORTED,
	CAUSE_CLASH,
	CAUSE_HAS_HOOKS,
	CAUSE_REPLACES,
	CAUSE_OTHER_UPDATE,	/* nothing against this one: another one of the same stop has failed */
	CAUSE_OUT_OF_MEMORY,
	CAUSE_UNEXPECTED,	/* also any word that this program does not know */
};

/* What the core has said; all zero is "nothing". */
struct reason {
	enum cause cause;
	char *word;		/* as in sysfs, "no_match"; NULL with CAUSE_NONE */
	char *detail;		/* as in sysfs: "key=value key=value" */
	char *conflicts;	/* as in sysfs: a line each; NULL: not for who is not root */
	char id[UPDATE_ID_MAX + 1];	/* of the update that it is about */
};

/* Reads it of update @id, before the update's modules go. *@reason is to be given to reason_free() in any case. */
struct error *reason_read(const struct kernel *k, const char *id, struct reason *reason);
void reason_free(struct reason *reason);

enum cause cause_of(const char *word);

/*
 * The sentence, with what to do next.  @doing: "apply", "undo", or "replace" for one whose place another one is to take.  Its kind gives the exit status.  @reason must
 * not be CAUSE_NONE.
 */
struct error *reason_error(const struct reason *reason, const char *id, const char *doing);

/* {"id": "3fb1x9q0", "cause": "no_match", "detail": {"unit": ...}, "conflicts": [...]}, with null for conflicts that may not be read; NULL when out of memory. */
json_t *reason_json(const struct reason *reason);

/* The conflicts alone, for people (to be freed) and for programs: an array of objects. NULL when out of memory. */
char *conflicts_sentences(const char *conflicts);
json_t *conflicts_json(const char *conflicts);

/* The value of @key in a line of "key=value key=value", to be freed; NULL when it is not there. */
char *detail_value(const char *detail, const char *key);
/* All of a line as a JSON object of strings. */
json_t *detail_json(const char *line);

#endif
