/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hunks of Kconfig files.  The configuration stays the kernel's own, so a hunk can pass when it changes none of its options: a
 * new driver that is off, a help text, another machine's option.
 */
#ifndef KSPLICE_CREATE_KCONFIG_HUNKS_H
#define KSPLICE_CREATE_KCONFIG_HUNKS_H

#include "ksplice-create/create.h"

/*
 * Configures the kernel with the touched Kconfig files as patched.  When every option is as without them, a note says so, and they
 * are taken out of c->patches.files, so that no build sees them; else refused, with the options.  Costs nothing when none
 * is touched.  After kbuild_prepare(); the view must be unpatched, and is afterwards.
 */
struct error *kconfig_hunks_check(struct create *c);

#endif
