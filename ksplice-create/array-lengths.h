/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lengths of arrays that have as many elements as they have initial values.  "u64 stats[ARRAY_SIZE(adin_hw_stats)]" of a
 * structure is another member when that table gets one more (drivers/net/phy/adin.c), though its text is the same.
 */
#ifndef KSPLICE_CREATE_ARRAY_LENGTHS_H
#define KSPLICE_CREATE_ARRAY_LENGTHS_H

#include <stddef.h>

#include "ksplice-create/c-tokens.h"
#include "ksplice-create/util.h"

/*
 * Is "[" at @i that of "name[] = { ... }" or "name[] = "text""?  Then appends what tells its length: "2 " of { a, b }, "2 [ A ] " of
 * { [A] = a, b }; and returns where the initial value ends.  0: it is none.
 */
size_t array_length(const struct c_tokens *t, size_t i, struct str *out);

#endif
