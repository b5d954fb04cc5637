/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sees early what cannot be spliced, before all who include a touched header are looked at. */
#ifndef KSPLICE_CREATE_LOOK_AHEAD_H
#define KSPLICE_CREATE_LOOK_AHEAD_H

#include "ksplice-create/create.h"

/*
 * When a header is touched: compares the units that the diff itself touches, alone.  ERROR_REFUSED: for what other units cannot take
 * back (targets_check_settled()); the reasons are at c->targets, and what other units would add is not known.
 * NULL: nothing is known, and @c is as before.  What was compiled is kept, and found again.  The view must be unpatched, and is
 * afterwards.
 */
struct error *look_ahead(struct create *c);

#endif
