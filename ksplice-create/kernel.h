/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kernel: its source, configuration, release, compiler, exported symbols. Nothing is built here. */
#ifndef KSPLICE_CREATE_KERNEL_H
#define KSPLICE_CREATE_KERNEL_H

#include "ksplice-create/create.h"

/*
 * Fills c->kernel from c->opt.  Every error says which option would have told.  ERROR_REFUSED: an architecture that
 * is not implemented.
 */
struct error *kernel_find(struct create *c);
/* The version that the source calls itself, "6.1" and "6.1.192"; both owned by the caller. */
struct error *kernel_source_version(const struct kernel *k, char **major_minor, char **whole);
void kernel_free(struct kernel *k);

#endif
