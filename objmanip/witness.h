/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which static variable of a function is which, by the code around its mentions. */
#ifndef OBJMANIP_WITNESS_H
#define OBJMANIP_WITNESS_H

#include "objmanip/elf.h"

/*
 * @pre and @post (@nr each) are variables of one plain name that twins @from and @from->twin mention.  Whether pre[i] continued
 * by post[i], for all i, is more likely than any two of them exchanged, by their content and the instructions at their mentions.
 */
bool om_order_is_witnessed(const struct om_span *from, struct om_span *const *pre, struct om_span *const *post, size_t nr);

/* How much what @f (pre) does with @x is like what @g (post), perhaps another function, does with @y: to be compared with others. */
unsigned om_use_likeness(const struct om_span *f, const struct om_span *x, const struct om_span *g, const struct om_span *y);

#endif
