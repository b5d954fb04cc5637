/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makefiles of ours, by which kbuild makes units that are listed, and nothing else. */
#ifndef KSPLICE_CREATE_KBUILD_LISTS_H
#define KSPLICE_CREATE_KBUILD_LISTS_H

#include "ksplice-create/create.h"

/*
 * Writes units.mk and descend.mk to ws->dir, and to the directory @lists the file "all": units of which objects are made, and those of
 * which preprocessed C and assembler; NULL: none.
 */
struct error *kbuild_write_lists(struct create *c, const char *lists, const struct strv *objects, const struct strv *c_units,
				 const struct strv *asm_units);

#endif
