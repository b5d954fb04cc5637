/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of x86_64 have from each other; for all others there is arch.h. */
#ifndef OBJMANIP_ARCH_X86_64_H
#define OBJMANIP_ARCH_X86_64_H

#include "objmanip/match-program.h"
#include "objmanip/refuse-names.h"

/* arch-x86-64-refused.c */
extern const struct om_refused_name om_x86_64_refused_functions[], om_x86_64_refused_units[], om_x86_64_refused_sections[];

/* .site of struct om_arch; arch-x86-64-sites.c */
struct error *om_x86_64_site(struct om_program *p, size_t *insn, bool *found);

/* arch-x86-64-insn.c: .accesses, .read_instead and .opcode of struct om_arch */
bool om_x86_64_accesses(const uint8_t *insn, unsigned len, unsigned field);
bool om_x86_64_read_instead(uint8_t *insn, unsigned len, unsigned field, unsigned *ret_len, unsigned *ret_field);
/* om_arch.filling and om_arch.ends. */
uint64_t om_x86_64_filling(const uint8_t *code, uint64_t len);
bool om_x86_64_ends(const uint8_t *insn, unsigned len);
unsigned om_x86_64_opcode(const uint8_t *insn, unsigned len, unsigned *nr);

#endif
