/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exported functions that the diff calls otherwise. */
#ifndef KSPLICE_CREATE_PROTOTYPES_H
#define KSPLICE_CREATE_PROTOTYPES_H

#include "ksplice-create/create.h"

/*
 * After om_target_diff() of all targets: adds a refusal for each replaced function that the running kernel exports and whose
 * prototype the diff changes.  Its CRC would be another then (genksyms), and the module loader keeps modules away that were built for
 * the other one; but those that are loaded, and those that will be, have the CRC of the kernel that runs.
 */
struct error *prototypes_check(struct create *c);

#endif
