/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sees early that a changed structure is in the way. */
#ifndef KSPLICE_CREATE_LOOK_AHEAD_H
#define KSPLICE_CREATE_LOOK_AHEAD_H

#include "ksplice-create/create.h"

/*
 * When a touched header defines a type otherwise: compares the units that the diff itself touches, alone.  ERROR_REFUSED: objects of
 * the type live on, as layouts_check() says; the reasons are at c->targets, and what other units would add is not known.
 * NULL: nothing is known, and @c is as before.  What was compiled is kept, and found again.  The view must be unpatched, and is
 * afterwards.
 */
struct error *look_ahead(struct create *c);

#endif
