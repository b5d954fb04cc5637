/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Second programs: the code of a function as an update carries it, where that is compiled otherwise than the kernel (carried_cflags of struct
 * om_arch).  They are made of the renumbered object, whose source is what an earlier update's was, so that an update may be built upon
 * another one of the same function.  What they mention is what pre's programs mention, by stands_for.
 */
#ifndef OBJMANIP_MATCH_CARRIED_H
#define OBJMANIP_MATCH_CARRIED_H

#include "objmanip/match-program.h"
#include "objmanip/objmanip.h"

/*
 * Compiles the second program of @pre, a function, into @ret, which the caller frees.  *@found: whether there is one; if not, @pre does not match
 * where another update has it.  No program is better than one that could fit where it must not:
 * - something that it mentions, or a part of it, may be something else in pre;
 * - its replacement could not return from a hook in such code.
 */
struct error *om_match_carried(struct om_match_table *mt, const struct om_span *pre, struct om_program *ret, bool *found);
/* Whether functions of @unit may have second programs: no import is found by its distance from another variable of the unit. */
bool om_match_carried_of(const struct om_target *t, const struct om_unit *unit);
/* om_program_symbol() of a second program. */
uint32_t om_match_carried_symbol(struct om_program *p, const struct om_reloc *rel);

#endif
