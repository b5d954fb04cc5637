/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that are never replaced: those that splicing itself runs on, and those that never end. */
#ifndef OBJMANIP_REFUSE_NAMES_H
#define OBJMANIP_REFUSE_NAMES_H

#include "objmanip/elf.h"

/* Why, as a sentence; NULL: no objection. */
const char *om_refused_by_name(const struct om_span *span);
const char *om_refused_by_section(const struct om_span *span);

#endif
