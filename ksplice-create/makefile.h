/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a unit is not built, read from kbuild's makefiles.  For messages only: conditionals and computed names are not
 * understood; whether a unit is built, kbuild itself decides (kbuild_units()).
 */
#ifndef KSPLICE_CREATE_MAKEFILE_H
#define KSPLICE_CREATE_MAKEFILE_H

#include "ksplice-create/create.h"
#include "ksplice-create/kconfig.h"

/*
 * The options that stand before @unit ("drivers/net/dummy.o") in the makefiles from its directory up, and are not set in
 * @config: added to @ret as "CONFIG_DUMMY".  None: no makefile mentions it, or all options are set.
 */
struct error *makefile_options_off(const char *source, const char *unit, const struct kconfig *config, struct strv *ret);
/* Does the makefile of @file's directory have its name? */
bool makefile_mentions(const char *source, const char *file);
/* Does a file beside C file @file, one directory above or one below include it? Others do so with a survey only: includes.h. */
struct error *makefile_includers(const char *source, const char *file, bool *ret);

#endif
