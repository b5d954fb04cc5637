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
void kernel_free(struct kernel *k);

#endif
