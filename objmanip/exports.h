/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols that a unit exports to modules. */
#ifndef OBJMANIP_EXPORTS_H
#define OBJMANIP_EXPORTS_H

#include "objmanip/objmanip.h"

/* Whether @obj exports @name, GPL-only or not. */
bool om_exports(const struct om_obj *obj, const char *name);
/*
 * Notes what the diff does to exports and what becomes of it.  The table that a kernel or module exports is as it was
 * linked: an update adds nothing to it and takes nothing away.
 */
struct error *om_exports_note(struct om_target *t);

#endif
