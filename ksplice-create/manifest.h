/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the update file has to say about itself. */
#ifndef KSPLICE_CREATE_MANIFEST_H
#define KSPLICE_CREATE_MANIFEST_H

#include <jansson.h>
#include <time.h>

#include "ksplice-create/create.h"

/* A file of the update: its name there, and its content, owned. */
struct member {
	char *name;
	char *data;
	size_t size;
};

/* manifest.json for @members (all but itself), as text owned by the caller. */
struct error *manifest_make(const struct create *c, const struct member *members, size_t nr, time_t when, char **ret);
/* Makes "files" in @root, a manifest, that of @members; likewise. */
struct error *manifest_agree(json_t *root, const struct member *members, size_t nr, char **ret);
/* "targets" in it, also for --json. NULL only when out of memory. */
json_t *manifest_targets(const struct create *c);
/* Calls @func for each function that is replaced or added. */
void manifest_functions(const struct target *t, void (*func)(const struct om_span *span, void *arg), void *arg);
/* "changed" or "new" */
const char *manifest_verdict(const struct om_span *span);

/* What the author said; else the subject of the mail or commit that the diff is; else the names of the diffs. Owned by the caller. */
char *manifest_description(const struct create *c);

#endif
