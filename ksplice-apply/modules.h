/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading and unloading of an update's modules, with reasons. */
#ifndef KSPLICE_APPLY_MODULES_H
#define KSPLICE_APPLY_MODULES_H

#include <stdbool.h>

#include "ksplice-apply/core.h"
#include "ksplice-apply/kernel.h"

/* Loaded and past its init; false for what is built in. */
bool module_live(const struct kernel *k, const char *name);

/*
 * Loads one module with these parameters ("name=value name=value").  On failure the error has the kernel's own words from its log, where it left any; its kind
 * tells a refusal (signature, lockdown) from the rest.  *@errnum (may be NULL) is the errno, for a caller who
 * knows better what it means.
 */
struct error *module_load(const struct kernel *k, const char *name, const void *image, size_t size, const char *params,
			  int *errnum);

/* Success when there is none of that name. Tries for a second when somebody holds it for a moment. */
struct error *module_unload(const struct kernel *k, const char *name);

/*
 * Unloads all modules of the update @id that the kernel has: what a killed run has left behind is found by names
 * (ksplice_ID_...) among those that use the core.
 */
struct error *modules_unload_update(const struct kernel *k, const char *id);

/* Is any such module loaded? */
struct error *modules_any(const struct kernel *k, const char *id, bool *any);

#endif
