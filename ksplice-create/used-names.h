/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names that a unit uses, and words in the strings of what it uses, kept in the work directory as sorted 32-bit hashes: two names with one
 * hash only cost work.
 */
#ifndef KSPLICE_CREATE_USED_NAMES_H
#define KSPLICE_CREATE_USED_NAMES_H

#include <stdint.h>

#include "common/error.h"
#include "ksplice-create/util.h"

uint32_t used_name_hash(const char *name, size_t len);
/* Sorts @n hashes and writes them to @path. */
struct error *used_names_write(const char *path, uint32_t *hashes, size_t n);
/* Is one of @names among those in the file @path?  Also if there is no such file, as what is not known may be. */
struct error *used_names_any(const char *path, const struct strv *names, bool *ret);

#endif
