/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel modules of an update: the core, and match and code module of each target. */
#ifndef KSPLICE_CREATE_MODULES_H
#define KSPLICE_CREATE_MODULES_H

#include "ksplice-create/create.h"

/*
 * Builds ksplice.ko and layout.o in ws->kmod, unless an earlier run did it from the same sources, and reads the layout into
 * c->layout.
 */
struct error *modules_build_core(struct create *c);
char *modules_core_path(const struct create *c); /* of ksplice.ko; owned by the caller */

/* Puts ksplice-patch.h, and what it includes, to where the units find it, ws->include. */
struct error *modules_put_headers(struct create *c);

/* Builds the modules of all targets in ws->update, from what targets_emit() left there, and checks them. */
struct error *modules_build_update(struct create *c);
char *modules_path(const struct create *c, const char *module); /* of a module of the update; owned by the caller */
/* Of what goes into the update file for a module of it, or for "ksplice": the signed one where modules are signed. */
char *modules_packed_path(const struct create *c, const char *module);

#endif
