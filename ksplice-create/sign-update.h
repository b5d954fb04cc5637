/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signs the modules of an update file that was made before, on a machine that needs neither the kernel's source nor its build. */
#ifndef KSPLICE_CREATE_SIGN_UPDATE_H
#define KSPLICE_CREATE_SIGN_UPDATE_H

#include "ksplice-create/create.h"

/*
 * Reads and checks the update file of --sign, signs its modules, in the place of a signature that they have, and writes it with a
 * manifest that agrees, to --output or where it was.  All else in it stays.  It is there as a whole, the old or the new one.
 */
struct error *sign_update(struct create *c);

#endif
