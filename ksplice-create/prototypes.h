/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that the diff calls otherwise, though others call them. */
#ifndef KSPLICE_CREATE_PROTOTYPES_H
#define KSPLICE_CREATE_PROTOTYPES_H

#include "ksplice-create/check-module.h"
#include "ksplice-create/create.h"

/*
 * After om_target_diff() of all targets: looks for replaced functions that the running kernel exports and whose prototype the diff
 * changes; @exports is what the running kernel's Module.symvers has.  Its CRC would be another then (genksyms), and the module loader
 * keeps modules away that were built for the other one; but those that are loaded, and those that will be, have the CRC of the
 * kernel that runs.  Where a function can be defined anew (objmanip/anew.h), its name is added to @c->anew: then all is to be done
 * again, with that; else a refusal is added.
 * And one for each removed function that something may still have a pointer to, if it calls a replaced one whose prototype the diff
 * changes.  The prototypes are read from the preprocessed source, so that it does not matter by what macros a function is defined.
 * A function that is declared as before is called as before, however its definition is written: the compiler has compared the two.
 * The view must be unpatched, and is afterwards.
 */
struct error *prototypes_check(struct create *c, const struct exports *exports);

#endif
