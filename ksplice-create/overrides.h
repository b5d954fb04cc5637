/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Definitions in files that the diff does not touch, of names that it defines, or no longer defines: the linker takes a strong one
 * instead of a weak one, and so the diff decides what runs by that name, though it does not change it.
 */
#ifndef KSPLICE_CREATE_OVERRIDES_H
#define KSPLICE_CREATE_OVERRIDES_H

#include "ksplice-create/create.h"

/* Lets objmanip look into the symbol tables of the kernel and its modules, as far as they are at hand. Before comparison. */
void overrides_give_symbols(struct create *c);
/*
 * Refuses the names that only the sources can tell about: a weak definition that is overridden is in no symbol table, and without an
 * image nothing is known.  After comparison.
 */
struct error *overrides_check(struct create *c);

#endif
