/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A directory that nobody else can put anything into.  What is built there is run, by make, and may be run by root; whoever could
 * write there, or move the directory away and put another in its place, could have his own code run.
 */
#ifndef KSPLICE_CREATE_PRIVATE_DIR_H
#define KSPLICE_CREATE_PRIVATE_DIR_H

#include "common/error.h"

/*
 * Makes @path with what is missing above it, mode 0700, unless it is there; *@ret is its real path, to be freed.
 * ERROR_REFUSED: it, or a directory above it, belongs to another user (root's are good above it), or others may write to it;
 * above it, a sticky directory like /tmp is good.  Nothing was made in one that is not good.
 */
struct error *private_dir(const char *path, char **ret);

#endif
