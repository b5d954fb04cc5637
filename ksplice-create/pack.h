/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The update file (docs/formats.md). */
#ifndef KSPLICE_CREATE_PACK_H
#define KSPLICE_CREATE_PACK_H

#include "ksplice-create/create.h"
#include "ksplice-create/manifest.h"

/*
 * Writes the update file and sets c->output.  It is there as a whole or not at all.  The same input gives the same bytes when
 * SOURCE_DATE_EPOCH is set and the id given.
 */
struct error *pack_update(struct create *c);
/* Writes @output, of @nr files and the text of a manifest; likewise. */
struct error *pack_write(const char *id, const struct member *members, size_t nr, const char *manifest, const char *output);

#endif
