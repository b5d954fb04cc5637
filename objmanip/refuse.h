/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cannot be spliced. */
#ifndef OBJMANIP_REFUSE_H
#define OBJMANIP_REFUSE_H

#include "objmanip/objmanip.h"

/* Lists in t->refusals all that cannot be spliced. After om_select(). */
struct error *om_refuse(struct om_target *t);

/* Adds "what: why" to t->refusals, for other files that refuse. Takes @where, NULL if there was no memory for it. */
struct error *om_refuse_one(struct om_target *t, char *where, const char *advice, const char *what, const char *why);

#endif
