/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Units compiled a third time: the unpatched source with the line numbers of the patched one. */
#ifndef KSPLICE_CREATE_RENUMBER_H
#define KSPLICE_CREATE_RENUMBER_H

#include "ksplice-create/create.h"

/*
 * After units_build_post(), with c->layout: fills in .renumbered of the units in which lines that are still there have moved, if
 * something in their objects may differ by that alone.  The view must be unpatched, and is afterwards.
 */
struct error *units_build_renumbered(struct create *c);

#endif
