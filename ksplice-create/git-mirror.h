/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A git directory of our own with the commits and names of the user's, and nothing else of it.  What lies beside them says
 * how files are converted when they are checked out (info/attributes, core.autocrlf) and which programs run when (filters,
 * hooks, core.fsmonitor, whoever fetches the missing objects of a partial clone); and of a repository that was unpacked
 * from an archive, it may say anything.
 */
#ifndef KSPLICE_CREATE_GIT_MIRROR_H
#define KSPLICE_CREATE_GIT_MIRROR_H

#include "common/error.h"

/*
 * The git directory of the working tree @top: its .git, or what that file names.  ERROR_REFUSED: @top is not the top of a
 * working tree.  *@ret is to be freed.
 */
struct error *git_find_dir(const char *top, char **ret);
/* Makes the mirror of @git_dir in @dir, which is emptied. */
struct error *git_mirror(const char *git_dir, const char *dir);

#endif
