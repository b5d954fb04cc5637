/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions that are not to be called through a pointer: with IBT, the kernel overwrites their ENDBR at boot (section
 * .ibt_endbr_seal; arch/x86/kernel/alternative.c, apply_seal_endbr(), 6.12).  The linked file does not show it.
 */
#ifndef KSPLICE_CREATE_SEALS_H
#define KSPLICE_CREATE_SEALS_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "ksplice-create/regions.h"

struct seals {
	uint64_t *addrs;	/* ascending; owned */
	size_t nr;
};

/* The list lies in memory from @start to @end, where the linker's symbols __ibt_endbr_seal and __ibt_endbr_seal_end are. */
struct error *seals_read(const struct regions *memory, uint64_t start, uint64_t end, struct seals *ret);
void seals_free(struct seals *s);
/* Makes @len bytes, read from @addr, what they are when the kernel has started. */
void seals_apply(const struct seals *s, uint64_t addr, void *buf, size_t len);

#endif
