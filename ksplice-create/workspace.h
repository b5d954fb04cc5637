/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The work directory: a cache of everything that does not depend on the diff.
 *
 *	lock		held with flock by whoever builds here, and by the programs it started
 *	git/		with --git, of a --workdir: git.h
 *	key		what it was made for; another key empties it
 *	src/		the view: the kernel source as symlinks into the user's tree, but for the touched files, which are
 *			real copies, and the directories above them.  Made anew by each run, so that whatever an
 *			interrupted run left there cannot matter
 *	build/		kbuild's output directory, the same for pre and post.  Units never stay in it: an object that is
 *			not there is always compiled, so no time stamp decides what pre and post are
 *	pre/		objects from the unpatched source, each with the fingerprint of all that it was made from
 *	post/		objects from the patched source; made anew by each run
 *	stage/		the touched files, patched
 *	include/	ksplice-patch.h and what it includes, for units that do
 *	numbered/	the touched files, unpatched, with the line numbers of the patched ones
 *	renumbered/	objects from these
 *	assembler/	what the compiler takes for one where carried code needs that (carried-as.h)
 *	digests/	of units that include headers: what their preprocessed source comes to, by all files that were read (digests.h)
 *	names/		likewise: the names that each uses
 *	kept/		of each unit the last object of both kinds, with the fingerprint of all that it was made from
 *	kmod/		ksplice.ko and layout.o
 *	update/		the modules of the last update
 */
#ifndef KSPLICE_CREATE_WORKSPACE_H
#define KSPLICE_CREATE_WORKSPACE_H

#include "ksplice-create/create.h"

/* Finds or makes the work directory for c->kernel, and locks it. */
struct error *workspace_open(struct create *c);
void workspace_close(struct workspace *ws);

/* Makes the view, with the files of c->patches as they are in the user's tree. */
struct error *workspace_view(struct create *c);
/* Makes @dir of the view, and the directories above it, real directories of links, so that "../" leads to the view. */
struct error *workspace_real_dir(struct create *c, const char *dir);
/* Switches the touched files of the view: patched, from ws->stage, or as in the user's tree. */
struct error *workspace_patched(struct create *c);
struct error *workspace_unpatched(struct create *c);

#endif
