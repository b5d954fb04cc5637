/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The library as ksplice-create and the tool ksplice-objmanip use it: a target is a set of units, each compiled twice,
 * or three times where line numbers moved.
 *
 *	om_target_create -> om_target_add, om_target_renumbered (per unit) -> om_target_diff -> om_target_emit_match, om_target_emit_code
 */
#ifndef OBJMANIP_H
#define OBJMANIP_H

#include "objmanip/elf.h"
#include "objmanip/layout.h"

struct om_unit {
	struct om_obj *pre, *post;	/* owned */
	struct om_obj *renumbered;	/* pre with the line numbers of post, see renumbered.h; NULL: compare with pre; owned */
	bool extra;		/* nothing changes in it; it is matched to tell what others mean */
};

/* What post is compared with. */
static inline struct om_obj *om_unit_before(const struct om_unit *unit)
{
	return unit->renumbered ?: unit->pre;
}

/* What the kernel's (or the module's) symbol table has by a name: what the linker took, of all units. */
enum om_bound {
	OM_BOUND_UNKNOWN,	/* it is not at hand */
	OM_BOUND_NONE,		/* nothing, or something static */
	OM_BOUND_WEAK,
	OM_BOUND_STRONG,
};
typedef enum om_bound (*om_bound_fn)(void *ctx, const char *target, const char *name);

/* One thing that is not spliceable, and why. */
struct om_refusal {
	char *where;	/* "fs/proc/base.o: .text.foo+0x1c" or "fs/proc/base.o: foo" */
	char *reason;	/* what is wrong */
	char *advice;	/* what the author of the diff can do */
	bool settled;	/* it stands whatever other units have: known as soon as its unit is */
};

struct om_target {
	char *name;			/* "vmlinux" or the module's name */
	char *id;			/* the update's id */
	const struct om_layout *layout;	/* borrowed; NULL as in om_obj_open() */
	om_bound_fn bound;		/* set by the caller, if the kernel is at hand; else NULL */
	void *bound_ctx;
	struct om_unit *units;
	size_t nr_units;
	struct om_refusal *refusals;
	size_t nr_refusals;
	char **notes;			/* what the author should know though it is no refusal; owned */
	size_t nr_notes;
	struct om_doubt *doubts;	/* names about which other units decide, see lost.h; owned */
	size_t nr_doubts;
	size_t nr_changed;		/* functions replaced */
	size_t nr_in_place;		/* data objects whose contents are replaced where they are */
	size_t nr_new;			/* functions and data objects added */
	size_t nr_unused;		/* those that the diff adds and nothing carried refers to; not carried */
	struct om_author_hook *author_hooks;	/* see author.h; owned */
	size_t nr_author_hooks;
	struct om_link *offers, *takes;	/* from and to other targets, see links.h; owned */
	size_t nr_offers, nr_takes;
	struct om_import *imports;	/* what the carried code needs from the kernel, see symbols.h; owned */
	size_t nr_imports;
};

struct error *om_target_create(const char *name, const char *id, const struct om_layout *layout,
			       struct om_target **ret);
void om_target_destroy(struct om_target *t);
/* Opens both objects. @unit is the path in the kernel tree, "fs/proc/cmdline.o". */
struct error *om_target_add(struct om_target *t, const char *unit, const char *pre_path, const char *post_path);
/* A unit in which nothing changes, to be matched all the same. */
struct error *om_target_add_extra(struct om_target *t, const char *unit, const char *path);
/* Adds a line to t->notes. */
struct error *om_target_note(struct om_target *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/*
 * Whether something in these two objects may differ by nothing but line numbers.  *@ret is false when all that changed are
 * functions with another number of instructions than before: to know them better is not worth a compilation.
 */
struct error *om_lines_may_matter(const char *pre_path, const char *post_path, bool module, const struct om_layout *layout,
				  bool *ret);
/*
 * Opens the object of the unit added last that @path is: its unpatched source with the line numbers of the patched one.
 * *@usable: it is pre but for them, and will be compared with post.  Otherwise post is compared with pre, so that a moved
 * line number may count as a change, which is harmless.
 */
struct error *om_target_renumbered(struct om_target *t, const char *path, bool *usable);
/*
 * Correlates and compares all units, decides what is carried, and lists what cannot be spliced in t->refusals.
 * An error is a failure of ours or of the input, never a refusal.  Afterwards every span has its verdict.
 */
struct error *om_target_diff(struct om_target *t);	/* after om_links_make() of all, and before om_lost_between(), if there are several */
/*
 * Match data (docs/match-data.md) to @path: every function of the pre objects that can still be running, the strings and
 * constants they use, and a published symbol for whatever the carried post code needs.  After om_target_diff().
 */
struct error *om_target_emit_match(struct om_target *t, const char *path);
/* Whether there is anything to apply: else nothing can be emitted. */
bool om_target_has_effect(const struct om_target *t);
/*
 * The carried post code of all units as one relocatable object, with the tables of kmodsrc/ksplice.h under the symbols
 * ksplice_replacements, ksplice_author_hooks, ksplice_data, and ksplice_nr_replacements and so on.
 */
struct error *om_target_emit_code(struct om_target *t, const char *path);

#endif
