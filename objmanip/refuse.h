/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cannot be spliced. */
#ifndef OBJMANIP_REFUSE_H
#define OBJMANIP_REFUSE_H

#include "objmanip/objmanip.h"

/* Lists in t->refusals all that cannot be spliced. After om_select(). */
struct error *om_refuse(struct om_target *t);

#endif
