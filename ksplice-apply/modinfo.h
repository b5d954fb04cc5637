/* SPDX-License-Identifier: GPL-2.0-or-later */
/* .modinfo of the modules in an update: does each bear the name of its file, and was it built for this release? */
#ifndef KSPLICE_APPLY_MODINFO_H
#define KSPLICE_APPLY_MODINFO_H

#include "ksplice-apply/update-file.h"

/*
 * Copies the value of @key ("name", "vermagic") out of a module's .modinfo to *@value, to be freed; NULL when it has
 * none.  ERROR_BAD_FILE: not an ELF file, or a damaged one.
 */
struct error *modinfo_value(const void *image, size_t size, const char *key, char **value);

/*
 * Of all modules of @u.  ERROR_BAD_FILE: one has another name, so that it could not be unloaded by the name that the
 * manifest gives; ERROR_WRONG_KERNEL: its vermagic is of another release than the manifest's.
 */
struct error *modinfo_check_update(const struct update *u);

#endif
