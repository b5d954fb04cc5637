/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The units' objects before the diff: compiled once, and kept in the work directory for later runs. */
#ifndef KSPLICE_CREATE_PRECACHE_H
#define KSPLICE_CREATE_PRECACHE_H

#include "ksplice-create/create.h"
#include "ksplice-create/depend.h"

/*
 * Sees that c->ws.pre has a current object of each of @units ("fs/proc/cmdline.o"): from an earlier run if nothing that it was
 * made from has changed since, else compiled now from the view, which must be unpatched.  Those that the configuration builds
 * are added to @built; the others have no object.
 */
struct error *precache_get(struct create *c, const struct strv *units, struct strv *built);
/*
 * Adds all that an object of the tree was made from: what its .cmd file @cmd lists, the makefiles that made its command line, the
 * compiler, and what kbuild_prepare() made.
 */
struct error *precache_fingerprint(struct create *c, const char *unit, const char *cmd, struct fingerprint *f);

#endif
