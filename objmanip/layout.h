/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes and offsets of the kernel structures that special sections are made of.  They differ by release (struct
 * alt_instr has 12 bytes in 6.1, 14 since 6.3), so they are read from an object that kbuild compiled for the very
 * kernel: kmodsrc/update/layout.c, section .ksplice_layout, one u32 per field below, in this order.
 */
#ifndef OBJMANIP_LAYOUT_H
#define OBJMANIP_LAYOUT_H

#include <stdint.h>
#include "common/error.h"

#define OM_LAYOUT_VERSION 3

struct om_layout {
	uint32_t version;		/* OM_LAYOUT_VERSION */
	uint32_t alt_instr_size, alt_instr_instr_off, alt_instr_repl_off, alt_instr_instrlen_off, alt_instr_repllen_off;
	uint32_t para_site_size, para_site_instr_off, para_site_type_off, para_site_len_off;	/* 0: no paravirt sites */
	uint32_t bug_entry_size;	/* its first field is the (relative) address */
	uint32_t ex_entry_size;		/* insn, fixup, data/type */
	uint32_t jump_entry_size;	/* code, target, key */
	uint32_t static_call_site_size;	/* addr, key */
	uint32_t static_call_key_func_off;	/* of func in struct static_call_key */
	uint32_t orc_entry_size;
	uint32_t alt_instr_flags_off, alt_direct_call_mask;	/* mask 0: no alternative of this kernel is a direct call */
	uint32_t seals_keys;		/* of a static key that is read-only after boot: modules may have jump labels by it */
};

/* Reads @path (layout.o). ERROR_BAD_FILE when it is not what kmodsrc/update/layout.c makes. */
struct error *om_layout_read(const char *path, struct om_layout *ret);

#endif
