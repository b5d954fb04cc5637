/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which post span continues which pre span. */
#ifndef OBJMANIP_CORRELATE_H
#define OBJMANIP_CORRELATE_H

#include "objmanip/objmanip.h"

/* Finds for each pre span the post span that continues it, and sets twin on both. */
struct error *om_correlate(struct om_unit *unit);

#endif
