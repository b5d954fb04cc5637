/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms of a site: what the kernel may have put there, each a piece of match program. For files of architectures. */
#ifndef OBJMANIP_FORMS_H
#define OBJMANIP_FORMS_H

#include "objmanip/match-program.h"
#include "objmanip/special.h"

/* Start with zeros. */
struct om_forms {
	struct om_ops list[RUNPRE_MAX_FORMS];
	uint32_t nr;
};

/* One more, empty; NULL: there are too many. */
struct om_ops *om_forms_new(struct om_forms *forms);
/* One more: these bytes. */
void om_forms_lit(struct om_forms *forms, const uint8_t *bytes, size_t len);
/* One more: the instruction as it is in pre, for a site which leaves it so in one of its forms. */
struct error *om_forms_original(struct om_program *p, const struct om_insn *insn, struct om_forms *forms);
/* Appends each of @more to each of @forms: all combinations. */
void om_forms_multiply(struct om_forms *forms, struct om_forms *more);
/* Writes the op SITE; @kind: enum runpre_site. @len: bytes that all forms have, 0 if they differ in length. */
void om_forms_write(struct om_ops *ops, uint8_t kind, uint32_t len, struct om_forms *forms);
/* @forms itself, too, which calloc() made. */
void om_forms_free(struct om_forms *forms);

/* The entry of such a table that is about byte @off of the function, or NULL. */
const struct om_entry *om_program_entry(const struct om_program *p, uint32_t off, enum om_table_kind kind);

#endif
