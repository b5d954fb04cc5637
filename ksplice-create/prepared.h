/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kbuild_prepare() made from the unpatched source, and that units of both sides are compiled with. */
#ifndef KSPLICE_CREATE_PREPARED_H
#define KSPLICE_CREATE_PREPARED_H

#include "ksplice-create/create.h"

/*
 * Would any of it be another with the diff, of which @touched are files that may be included?  Then it is refused: generated
 * headers have what assembler code knows of C structures.  The view must be unpatched, and is afterwards.
 */
struct error *prepared_check(struct create *c, const struct strv *touched);

#endif
