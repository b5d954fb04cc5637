/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loadable modules of the kernel that the update is for: where they are, and those that its targets need. */
#ifndef KSPLICE_CREATE_KERNEL_MODULES_H
#define KSPLICE_CREATE_KERNEL_MODULES_H

#include "ksplice-create/check-module.h"
#include "ksplice-create/create.h"

/* Finds their directory: --modules, or beside --image or the configuration.  Without one, targets are not checked. */
struct error *kernel_modules_find(struct create *c);
/* Makes the kernel's memory, if there is an image, and loads the modules that are targets. */
struct error *kernel_modules_load(struct create *c);
/* The modules that newly export something to the code of a target, to be called after om_target_diff(). */
struct error *kernel_modules_load_imports(struct create *c, const struct exports *e);

#endif
