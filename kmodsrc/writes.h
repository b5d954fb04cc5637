/* SPDX-License-Identifier: GPL-2.0-only */
/* What the updates of one stop write: hooks, and data that is changed in place. */
#ifndef KSPLICE_WRITES_H
#define KSPLICE_WRITES_H

#include "core.h"
#include "text.h"

struct ksplice_writes {
	struct ksplice_write *w;	/* kvmalloc; by address, and none overlaps another */
	size_t		nr;
	const struct ksplice_update *culprit;	/* of two that do not fit together, the one that has the reason; else NULL */
};

/*
 * One write for each place: where two updates write one after the other, what the first expects and what the second leaves.
 * 0; -ENOMEM; -EINVAL: they do not fit together, reason recorded. *@ret is to be freed in any case.
 */
int ksplice_writes_make(const struct ksplice_moves *m, struct ksplice_writes *ret);
void ksplice_writes_free(struct ksplice_writes *ws);
/* The first write that ends behind @addr, or ws->nr. */
size_t ksplice_writes_behind(const struct ksplice_writes *ws, unsigned long addr);
/* sites.c: sets near_site of the hooks. Before the stop. */
void ksplice_sites_mark(const struct ksplice_writes *ws);
/* Of @buf, which has @len bytes of memory at @addr, makes what will be there. */
void ksplice_writes_show(const struct ksplice_writes *ws, unsigned long addr, void *buf, size_t len);

#endif
