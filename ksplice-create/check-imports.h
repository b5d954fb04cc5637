/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What carried code newly refers to must be something that its target can link to.  The core finds it in the running kernel by
 * its name alone, and a static function of some other unit may bear that name: an ordinary build would have failed, and an update
 * would call it.
 */
#ifndef KSPLICE_CREATE_CHECK_IMPORTS_H
#define KSPLICE_CREATE_CHECK_IMPORTS_H

#include "ksplice-create/check-module.h"
#include "ksplice-create/create.h"

/*
 * Adds to the targets' refusals what cannot be linked to; notes what could not be checked.  After om_target_diff() of all
 * targets and kernel_modules_load_imports().
 */
struct error *check_imports(struct create *c, const struct exports *e);

#endif
