/* SPDX-License-Identifier: GPL-2.0-only */
/* Writing kernel text and data through a second, writable mapping of their pages, in a stopped machine. */
#ifndef KSPLICE_TEXT_H
#define KSPLICE_TEXT_H

#include <linux/types.h>

#include "arch/arch.h"

struct ksplice_update;

/* One write that is to be done: all or none of a set are. */
struct ksplice_write {
	struct ksplice_update *update;	/* whose it is; writes.c: the last one's */
	size_t		nth;		/* of all in the stop */
	unsigned long	addr;
	size_t		len;		/* bytes */
	const void	*expect;	/* what must be there; borrowed, as the rest */
	const void	*bytes;		/* what comes there */
	bool		text;		/* a hook; else data */
	bool		near_site;	/* a jump label or a static call may be there: ksplice_sites_mark() */
	const char	*unit, *name;	/* of the function or object */
	void		*map;		/* vmap of the page or pages */
	u8		*alias;		/* @addr in @map */
};

/* Maps the pages of w->addr. 0 or -ENOMEM, -EFAULT: no page there. Before the stop. */
int ksplice_write_prepare(struct ksplice_write *w);
void ksplice_write_finish(struct ksplice_write *w);
/* Whether the bytes at w->addr are w->expect. Anywhere. */
bool ksplice_write_expected(const struct ksplice_write *w);
/* Writes, and reads back; false: what was written does not show at w->addr, and is undone. In the stopped machine, or where nobody is. */
bool ksplice_write_do(const struct ksplice_write *w);
void ksplice_write_undo(const struct ksplice_write *w);
/* NULL, or who else may write where the hook @w goes: one word. May sleep; with ksplice_kprobes_lock(). */
const char *ksplice_text_reserved(const struct ksplice_write *w);

#endif
