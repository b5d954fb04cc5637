/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exported functions that get another prototype. */
#ifndef OBJMANIP_ANEW_H
#define OBJMANIP_ANEW_H

#include "objmanip/objmanip.h"

/* What is behind the name of a function that is defined anew; no name of C and of an assembler has it. */
#define OM_ANEW ":new"

/*
 * Before om_links_make(): takes the exported function @name of the post objects, with its parts and its export, for another one
 * than the function of that name before the diff.  So the diff removes one and adds one; whoever is not compiled with the diff
 * goes on calling the removed one, which stays as it is.  ERROR_OTHER: out of memory.
 */
struct error *om_define_anew(struct om_target *t, const char *name);
/* Whether a unit of @t exports @name both before and with the diff, and as the only name of a function: else it cannot be defined anew. */
bool om_can_define_anew(const struct om_target *t, const char *name);
bool om_is_anew(const char *name);
/* As the source has it. Owned by the caller; NULL: out of memory. */
char *om_source_name(const char *name);

#endif
