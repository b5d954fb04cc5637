/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The library as ksplice-create and the tool ksplice-objmanip use it: a target is a set of units, each compiled twice.
 *
 *	om_target_create -> om_target_add (per unit) -> om_target_diff -> om_target_emit_match, om_target_emit_code
 */
#ifndef OBJMANIP_H
#define OBJMANIP_H

#include "objmanip/elf.h"
#include "objmanip/layout.h"

struct om_unit {
	struct om_obj *pre, *post;	/* owned */
};

/* One thing that is not spliceable, and why. */
struct om_refusal {
	char *where;	/* "fs/proc/base.o: .text.foo+0x1c" or "fs/proc/base.o: foo" */
	char *reason;	/* what is wrong */
	char *advice;	/* what the author of the diff can do */
};

struct om_target {
	char *name;			/* "vmlinux" or the module's name */
	char *id;			/* the update's id */
	const struct om_layout *layout;	/* borrowed */
	struct om_unit *units;
	size_t nr_units;
	struct om_refusal *refusals;
	size_t nr_refusals;
	size_t nr_changed;		/* functions replaced */
	size_t nr_new;			/* functions and data objects added */
};

struct error *om_target_create(const char *name, const char *id, const struct om_layout *layout,
			       struct om_target **ret);
void om_target_destroy(struct om_target *t);
/* Opens both objects. @unit is the path in the kernel tree, "fs/proc/cmdline.o". */
struct error *om_target_add(struct om_target *t, const char *unit, const char *pre_path, const char *post_path);
/*
 * Correlates and compares all units, decides what is carried, and lists what cannot be spliced in t->refusals.
 * An error is a failure of ours or of the input, never a refusal.  Afterwards every span has its verdict.
 */
struct error *om_target_diff(struct om_target *t);
/*
 * Match data (docs/match-data.md) to @path: every function of the pre objects that can still be running, the strings and
 * constants they use, and a published symbol for whatever the carried post code needs.  After om_target_diff().
 */
struct error *om_target_emit_match(struct om_target *t, const char *path);
/* The carried post code of all units as one relocatable object, with the symbols ksplice_patches and ksplice_nr_patches. */
struct error *om_target_emit_code(struct om_target *t, const char *path);

/*
 * Shared by emit_match and emit_code: the name under which the core publishes what @span (or, when it is NULL, the
 * undefined symbol @sym) of post stands for.  "ks:ID:N:name"; N is unique in the target.  @address_taken: it is wanted as
 * a function pointer, not to be called (RUNPRE_SYM_ROOT).  The same question gives the same answer.  symbols.c
 */
struct om_import {
	char *publish;			/* "ks:3fb1x9q0:vmlinux:17:seq_puts" */
	const char *name;		/* in the kernel's symbol table, "" when it has none */
	struct om_span *pre;		/* the pre span it stands for, or NULL: known by name alone */
	struct om_obj *obj;		/* the post object that asked first */
	bool root;			/* address taken of a replaced function */
	bool old;			/* the replaced function itself, for the hook */
};

#endif
