/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What compiling and preprocessing units have in common. */
#ifndef KSPLICE_CREATE_KBUILD_UNITS_H
#define KSPLICE_CREATE_KBUILD_UNITS_H

#include "ksplice-create/create.h"

/* Removes the objects of @units from the output directory. */
struct error *kbuild_drop_units(struct create *c, const struct strv *units);
/*
 * Makes objects of @objects, preprocessed C of @c_units and assembler of @asm_units (NULL: none), in the output directory, with the words
 * of @more (NULL: none) on make's command line.  The user is shown warnings; *@warned tells whether there were any.
 */
struct error *kbuild_make_units(struct create *c, const struct strv *objects, const struct strv *c_units,
				const struct strv *asm_units, const struct strv *more, bool *warned);

#endif
