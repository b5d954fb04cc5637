/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files refuse-*.c share; refuse.c asks them one after the other.  Each answers for one span, of post where nothing else is
 * said, and adds what it finds to t->refusals; an error is want of memory alone.
 */
#ifndef OBJMANIP_REFUSE_PARTS_H
#define OBJMANIP_REFUSE_PARTS_H

#include "objmanip/refusals.h"

/* refuse-tables.c: an entry of a table that is new, or is gone (@pre), and the order of lists of BTF ids. */
struct error *om_refuse_new(struct om_target *t, const struct om_span *span);
struct error *om_refuse_gone(struct om_target *t, const struct om_span *pre);
struct error *om_refuse_btf_order(struct om_target *t, const struct om_unit *unit);
/* @why begins the reason: "new", "changed", ... */
struct error *om_refuse_table(struct om_target *t, const struct om_span *span, const char *why);

/* refuse-contents.c: @span has a twin with other contents. */
struct error *om_refuse_changed(struct om_target *t, const struct om_span *span);

/* refuse-kinds.c: new data that could be old (@unit is that of @span), and data that was read-only after boot. */
struct error *om_refuse_static(struct om_target *t, struct om_unit *unit, const struct om_span *span);
struct error *om_refuse_kind(struct om_target *t, struct om_unit *unit, const struct om_span *span);
struct error *om_refuse_read_only(struct om_target *t, const struct om_span *span);

/* refuse-replaced.c: a function with other marks than its twin, and one that is to be replaced (om_replaced()). */
struct error *om_refuse_marks(struct om_target *t, const struct om_span *post);
struct error *om_refuse_replaced(struct om_target *t, const struct om_span *post);

/* refuse-assembly.c: what is to be replaced, and what is carried. */
struct error *om_refuse_second_entry(struct om_target *t, const struct om_span *pre);
struct error *om_refuse_assembly(struct om_target *t, struct om_span *span);

/* refuse-carried.c: all about what is carried; the first is for om_walk_relocs(), and its @ctx is the target. */
struct error *om_refuse_reference(struct om_span *from, const struct om_entry *entry, struct om_reloc *rel, void *ctx);
struct error *om_refuse_runtime_shift(struct om_target *t, const struct om_span *span);
struct error *om_refuse_static_key(struct om_target *t, const struct om_span *span);

#endif
