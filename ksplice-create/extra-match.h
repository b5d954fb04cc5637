/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --extra-match and --exclude-match: units that are matched though the diff does not reach them, and units that are left out though
 * it does.  A pattern is for the unit's name, "fs/proc/cmdline.o", or its source's, with the shell's wildcards; "*" fits slashes as
 * well.
 */
#ifndef KSPLICE_CREATE_EXTRA_MATCH_H
#define KSPLICE_CREATE_EXTRA_MATCH_H

#include "ksplice-create/create.h"

/* Takes what --exclude-match names out of @units, with a line for each in @left_out. */
void extra_match_exclude(struct create *c, struct strv *units, struct str *left_out);
/*
 * From opt.extra_match to c->extra, compiled unless they are there from an earlier run, but without those in c->units.  Post is pre.
 * ERROR_USAGE: a pattern fits no unit of this kernel.
 */
struct error *extra_match_build(struct create *c);
/* A pattern of --exclude-match that fitted nothing may be mistyped: notes for the user, after all else. */
void extra_match_note_unused(struct create *c);

/* Was it asked for by its name, and not by wildcards? */
bool extra_match_named(const struct create *c, const char *unit);

#endif
