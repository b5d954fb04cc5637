/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The object files that the diff reaches, before and after it. */
#ifndef KSPLICE_CREATE_UNITS_H
#define KSPLICE_CREATE_UNITS_H

#include "ksplice-create/create.h"

/*
 * From c->patches to c->units with their pre objects, compiled unless they are there from an earlier run.  The view must be
 * unpatched.  Touched files that no object code is made from are left out with a note.  An error when a touched file is
 * none that we can handle, or when nothing is left: then it says which option would build it.
 */
struct error *units_build_pre(struct create *c);
/* Compiles all from the patched view. Fills in .post. The view is unpatched afterwards. */
struct error *units_build_post(struct create *c);
/* Fills in .target, from what kbuild left beside the pre object. */
struct error *unit_find_target(struct unit *u);
void units_free(struct create *c);

#endif
