/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which post span continues which pre span. */
#ifndef OBJMANIP_CORRELATE_H
#define OBJMANIP_CORRELATE_H

#include "objmanip/objmanip.h"

/* Finds for each pre span the post span that continues it, and sets twin on both. */
struct error *om_correlate(struct om_unit *unit);
/* The same size, the same bytes outside of relocation fields, the same fields. Targets may differ. */
bool om_alike(const struct om_span *a, const struct om_span *b);
/* The relocations have the same kind of field. */
bool om_same_field(const struct om_arch *arch, const struct om_reloc *a, const struct om_reloc *b);

#endif
