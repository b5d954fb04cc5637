/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Units that the diff reaches though it does not touch them: by headers, and by C files that others include. */
#ifndef KSPLICE_CREATE_DEPENDENTS_H
#define KSPLICE_CREATE_DEPENDENTS_H

#include "ksplice-create/create.h"

/*
 * Adds to @units the names of those that have to be compiled again, besides those of touched .c and .S files, which only the caller
 * knows how to treat.  Refused: when what the kernel's build itself is made with would be another, or what is linked apart
 * (blobs.h).  Touched files that no unit can include are added to @unused.  The view must be unpatched, and is afterwards.
 */
struct error *dependents_find(struct create *c, struct strv *units, struct strv *unused);

#endif
