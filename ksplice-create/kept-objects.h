/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects of the patched source, and of the renumbered one, kept in the work directory: a diff is tried more than once, and a header
 * that hundreds of units include is in more than one diff.  Of each unit, the last object is kept.
 */
#ifndef KSPLICE_CREATE_KEPT_OBJECTS_H
#define KSPLICE_CREATE_KEPT_OBJECTS_H

#include "ksplice-create/create.h"

/* The kernel's source with some of its files replaced. */
struct variant {
	const char *name;		/* "post" */
	const char *dir;		/* has the files; one that is not there is one that the variant has not */
	const struct strv *files;	/* which these are */
	const char *objects;		/* where the variant's objects are to be */
};

/* Puts those of @units that were made of the same files into v->objects; adds the others to @missing. */
struct error *kept_objects_get(struct create *c, const struct variant *v, const struct strv *units, struct strv *missing);
/* Keeps those of @units that are in v->objects now.  The view must be unpatched. */
struct error *kept_objects_save(struct create *c, const struct variant *v, const struct strv *units);

#endif
