/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether two spans are the same but for what they refer to. */
#ifndef OBJMANIP_ALIKE_H
#define OBJMANIP_ALIKE_H

#include "objmanip/elf.h"

/* The same size, the same bytes outside of relocation fields, the same fields. Targets may differ. */
bool om_alike(const struct om_span *a, const struct om_span *b);
/* The relocations have the same kind of field. */
bool om_same_field(const struct om_arch *arch, const struct om_reloc *a, const struct om_reloc *b);

#endif
