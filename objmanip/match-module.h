/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Match data as it lies in a match module. */
#ifndef OBJMANIP_MATCH_MODULE_H
#define OBJMANIP_MATCH_MODULE_H

#include <stddef.h>

#include "common/error.h"

/*
 * The match data in the ELF file @image (@path is for messages): a copy, 8-aligned, to be freed.  *ret is NULL when
 * the file is no match module.  ERROR_BAD_FILE: it is one, and its symbols do not make sense.
 */
struct error *om_match_of_module(const char *path, const void *image, size_t image_size, void **ret, size_t *size);

#endif
