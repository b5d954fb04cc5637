/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --git: source and diff from a repository.  The unpatched source is a commit's, taken out of git into a directory of ours; the
 * user's working tree and index play no part, whatever they hold, and neither they nor the repository are written to.
 *
 *	lock		held for the whole run
 *	mirror/		a git directory with the repository's commits (git-mirror.h); made anew by each run
 *	tree/		the source as of one commit; another commit changes only the files that differ
 *	index		git's index of it
 *	exported	that commit's name; not there while tree/ is being changed
 *	diff		what the update is made from
 *
 * The directory is git/ in --workdir, or of its own beside the default work directories, named for the repository.
 */
#ifndef KSPLICE_CREATE_GIT_H
#define KSPLICE_CREATE_GIT_H

#include "ksplice-create/create.h"

/*
 * From c->opt.git to c->git, and sets opt.source, opt.patches and, unless it was given, opt.description to what lies there.
 * ERROR_REFUSED: not the top of a git tree, an unknown commit, a merge, a commit without parent; ERROR_NO_CHANGE: nothing
 * differs.
 */
struct error *git_open(struct create *c);
void git_close(struct git *g);

#endif
