/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /run/ksplice: the lock of the tools, and each applied update's manifest and diff, for ksplice-view.  Only a help
 * to people: what is applied is told by the kernel alone.  Beside them, the modules of targets that may come later.
 */
#ifndef KSPLICE_APPLY_STORE_H
#define KSPLICE_APPLY_STORE_H

#include <stdbool.h>

#include "ksplice-apply/kernel.h"
#include "ksplice-apply/update-file.h"

/*
 * Makes the directory and takes the lock; waits up to @timeout_ms for another tool, then ERROR_BUSY.  Refuses a
 * directory that others than root may write to.  *@fd holds the lock until it is closed, also by the process's end.
 */
struct error *store_lock(const struct kernel *k, unsigned int timeout_ms, int *fd);

/*
 * Under the lock: replaces what is there of the update, if anything.  @may_come tells for each target whether it may come later: then
 * its modules are kept, too.
 */
struct error *store_save(const struct kernel *k, const struct update *u, const bool *may_come);
/* A module that was kept, with size and checksum of the stored manifest @m. *@data is to be freed. */
struct error *store_module(const struct kernel *k, const struct manifest *m, const char *file, char **data, size_t *size);
/* Under the lock: success when there is nothing. */
struct error *store_remove(const struct kernel *k, const char *id);

bool store_has(const struct kernel *k, const char *id);
/* *@m is NULL when nothing is stored. A manifest that is there but damaged is an error. */
struct error *store_manifest(const struct kernel *k, const char *id, struct manifest **m);
/* *@text is to be freed, NULL when nothing is stored. */
struct error *store_patch(const struct kernel *k, const char *id, char **text, size_t *size);
/* Is the stored manifest byte by byte that of @u? True when nothing is stored: then nothing speaks against it. */
struct error *store_is(const struct kernel *k, const struct update *u, bool *same);

#endif
