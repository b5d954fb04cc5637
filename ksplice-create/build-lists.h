/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hunks of makefiles: objects that the diff adds to the kernel, and those that it takes out. */
#ifndef KSPLICE_CREATE_BUILD_LISTS_H
#define KSPLICE_CREATE_BUILD_LISTS_H

#include "ksplice-create/create.h"

/*
 * Asks kbuild, without and with the diff, for the units that touched makefiles may be about: those that are new are added to @added, those
 * that are no more to @removed.  Refused when another unit would be compiled in another way.  A unit of a module that was
 * not there is no part of the running kernel: a note.  Does nothing when no makefile is touched.
 */
struct error *build_lists_compare(struct create *c, struct strv *added, struct strv *removed);

#endif
