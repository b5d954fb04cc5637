/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Structures whose members the diff changes.  The code that uses them is replaced; the objects are not, they were laid out and
 * filled by the old code.  Object code does not tell: an offset that became another is a changed function like any other.
 */
#ifndef KSPLICE_CREATE_LAYOUTS_H
#define KSPLICE_CREATE_LAYOUTS_H

#include "ksplice-create/create.h"

/*
 * After om_target_diff() of all targets: adds a refusal for each structure that a unit uses whose objects may live on and mean
 * something else now.  Costs nothing when the diff touches no definition.  The view must be unpatched, and is afterwards.
 */
struct error *layouts_check(struct create *c);

#endif
