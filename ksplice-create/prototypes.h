/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that the diff calls otherwise, though others call them. */
#ifndef KSPLICE_CREATE_PROTOTYPES_H
#define KSPLICE_CREATE_PROTOTYPES_H

#include "ksplice-create/check-module.h"
#include "ksplice-create/create.h"

/*
 * After om_target_diff() of all targets: adds a refusal for each replaced function that the running kernel exports and whose
 * prototype the diff changes; @exports is what the running kernel's Module.symvers has.  Its CRC would be another then (genksyms), and the module loader keeps modules away that were built for
 * the other one; but those that are loaded, and those that will be, have the CRC of the kernel that runs.
 * And one for each removed function that something may still have a pointer to, if it calls a replaced one whose prototype the diff
 * changes.  The prototypes are read from the preprocessed source, so that it does not matter by what macros a function is defined.
 * The view must be unpatched, and is afterwards.
 */
struct error *prototypes_check(struct create *c, const struct exports *exports);

#endif
