/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of x86_64 have from each other; for all others there is arch.h. */
#ifndef OBJMANIP_ARCH_X86_64_H
#define OBJMANIP_ARCH_X86_64_H

#include "objmanip/forms.h"
#include "objmanip/refuse-names.h"

/* arch-x86-64-refused.c */
extern const struct om_refused_name om_x86_64_refused_functions[], om_x86_64_refused_units[], om_x86_64_refused_sections[];

/* .site of struct om_arch; arch-x86-64-sites.c */
struct error *om_x86_64_site(struct om_program *p, size_t *insn, bool *found);
/* One more form: @opcode (call or jmp) with a 32-bit displacement to @sym, then @pad bytes of nops. */
void om_x86_64_branch_form(struct om_forms *forms, uint8_t opcode, uint32_t sym, uint32_t pad);
/* What one instruction of an alternative's original code may look like: itself, or what its own site's forms are. */
struct error *om_x86_64_piece_forms(struct om_program *p, const struct om_insn *insn, struct om_forms *forms);

/* arch-x86-64-alternative.c: writes the site of all alternatives that begin at *@insn, and moves it behind them. */
struct error *om_x86_64_alternative_site(struct om_program *p, size_t *insn);

/* arch-x86-64-retpoline.c: the forms of a branch to a thunk for an indirect one. */
struct error *om_x86_64_retpoline_forms(struct om_program *p, const struct om_insn *insn, struct om_forms *forms);

/* arch-x86-64-insn.c: .accesses, .compares, .read_instead and .opcode of struct om_arch */
bool om_x86_64_accesses(const uint8_t *insn, unsigned len, unsigned field);
bool om_x86_64_compares(const struct om_span *span, const struct om_insn *insn, const struct om_reloc *rel);
bool om_x86_64_read_instead(uint8_t *insn, unsigned len, unsigned field, unsigned *ret_len, unsigned *ret_field);
/* om_arch.filling and om_arch.ends. */
uint64_t om_x86_64_filling(const uint8_t *code, uint64_t len);
bool om_x86_64_ends(const uint8_t *insn, unsigned len);
unsigned om_x86_64_opcode(const uint8_t *insn, unsigned len, unsigned *nr);

#endif
