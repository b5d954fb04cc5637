/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instructions on both sides of a difference that the offline check found, as text. */
#ifndef KSPLICE_CREATE_DISASM_H
#define KSPLICE_CREATE_DISASM_H

#include "ksplice-create/offline.h"
#include "objmanip/objmanip.h"

/* Both borrowed. */
struct disasm {
	const struct om_target *target;	/* whose pre objects were matched */
	const struct kernel_memory *km;
};

/*
 * For struct offline_words, with a struct disasm as @ctx: " (build: mov $0x78,%esi; kernel: mov $0xa,%esi)".  Prints nothing
 * where one of the two is no instruction: then the offsets must do.
 */
void disasm_tell(void *ctx, FILE *out, const struct offline_place *place);

#endif
