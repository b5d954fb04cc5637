/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that are never replaced: those that splicing itself runs on, and those that never end. */
#ifndef OBJMANIP_REFUSE_NAMES_H
#define OBJMANIP_REFUSE_NAMES_H

#include "objmanip/elf.h"

/* A row of a list of names; the last one of a list has none. */
struct om_refused_name {
	const char *name, *why;
};

/* Why, as a sentence. */
#define OM_REFUSED_STOPPING "splicing stops the machine with it, so it runs while it would be rewritten"
#define OM_REFUSED_WRITING "splicing writes the hooks with it"
#define OM_REFUSED_UNWINDING "splicing checks the stacks with it"
#define OM_REFUSED_SCHEDULING "every sleeping task is inside of it, so it is never quiet"
#define OM_REFUSED_RENDEZVOUS "idle CPUs are inside of it, so it is never quiet"
#define OM_REFUSED_ENTRY "an interrupt or exception that cannot be held off runs it, also while hooks are written"

/* By the lists of refuse-names.c and of the architecture (struct om_arch): why, as a sentence; NULL: no objection. */
const char *om_refused_by_name(const struct om_span *span);
const char *om_refused_by_section(const struct om_span *span);

#endif
