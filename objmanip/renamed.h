/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variables with another name. */
#ifndef OBJMANIP_RENAMED_H
#define OBJMANIP_RENAMED_H

#include "objmanip/objmanip.h"

/*
 * Lists in t->refusals the new variables that seem to be gone ones: a function is the same before and after, but for the variable that it
 * uses.  After om_select().
 */
struct error *om_renamed_refuse(struct om_target *t);

#endif
