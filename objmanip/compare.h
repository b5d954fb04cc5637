/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changed. */
#ifndef OBJMANIP_COMPARE_H
#define OBJMANIP_COMPARE_H

#include "objmanip/objmanip.h"

/* What is gone, what is new, and that all else is the same: until om_compare() finds otherwise. Of all units, before that. */
void om_compare_begin(struct om_unit *unit);
/* Sets verdict and reason of every span of a correlated unit. */
struct error *om_compare(struct om_unit *unit);
/* Both relocations point to the same thing: twins, the same undefined name, or equal content. */
bool om_same_target(const struct om_reloc *pre, const struct om_reloc *post);
/* The object, which has a twin, must be aligned to more than the compiler made that: the kernel's may lie anywhere. */
bool om_is_more_aligned(const struct om_span *post);
/* Both do the same. They need not be twins; what they refer to must be. */
bool om_same_code(const struct om_span *pre, const struct om_span *post);
/* Marks a post span and its twin as changed, with a reason, unless it is already. */
struct error *om_mark_changed(struct om_span *post, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
