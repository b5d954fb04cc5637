/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The diffs: which files they touch, and these files with the diffs applied. */
#ifndef KSPLICE_CREATE_PATCHSET_H
#define KSPLICE_CREATE_PATCHSET_H

#include "ksplice-create/create.h"

/* The diffs that were given, read and taken apart: fills c->patches. Nothing is written. */
struct error *patchset_read(struct create *c);
/*
 * Copies the touched files to ws->stage and lets patch(1) loose on the copies.  Files that end up as they were are taken out
 * of c->patches.files; ERROR_NO_CHANGE when that leaves none.
 */
struct error *patchset_apply(struct create *c);
void patchset_free(struct patchset *p);

/*
 * The file names in one unified diff, with @strip leading directories removed, added to @ret as pairs (old, new); a
 * name of "/dev/null" stays that; and of git's lines about renamed and copied files to @renames, in the same way.  @diff
 * names it in errors.
 */
struct error *patchset_names(const char *text, const char *diff, int strip, struct strv *ret, struct strv *renames);

#endif
