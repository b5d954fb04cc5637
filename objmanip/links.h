/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one target of an update newly exports to another: a function that the diff adds to vmlinux and that a changed module
 * calls.  It is in no kernel, so no match finds it: the code module that has it offers it to the core, under a name that the
 * other code module asks for.
 */
#ifndef OBJMANIP_LINKS_H
#define OBJMANIP_LINKS_H

#include <stdbool.h>
#include <stddef.h>

struct om_target;
struct om_symbol;
struct om_obj;

struct om_link {
	char *name;			/* in the source; owned */
	char *publish;			/* "ks:ID:new:NAME"; owned */
	const struct om_target *from;	/* who offers it */
};

/* Finds the links between the targets of an update, before any of them is diffed. */
struct error *om_links_make(struct om_target *const *targets, size_t nr);
void om_links_free(struct om_target *t);

/* Under which name @t gets the undefined symbol @name from another target; NULL: it does not. */
const char *om_link_taken(const struct om_target *t, const char *name);
/* Under which name @t offers the symbol @name of its unit @post, which is new; NULL: it does not. */
const char *om_link_offered(const struct om_target *t, const struct om_obj *post, const struct om_symbol *sym);
/* Whether the code module of @t needs that of @from to be loaded before it. */
bool om_links_need(const struct om_target *t, const struct om_target *from);
/* Whether another unit than those of @t exports @name, which it did not before the diff. */
bool om_links_newly_exported(struct om_target *const *targets, size_t nr, const struct om_target *t, const char *name);

#endif
