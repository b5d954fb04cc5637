/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What hunks of makefiles are about. */
#ifndef KSPLICE_CREATE_MAKEFILE_LINES_H
#define KSPLICE_CREATE_MAKEFILE_LINES_H

/*
 * kbuild can be asked which units there are and how each is compiled (survey.h), and nothing else: how a header is made, what objtool
 * is told and how a module is linked, it does not say.  The first line that may be about such a thing and that only one of two versions
 * of a makefile has, or has in another place or under other conditions; without comments and joined with those that continue it.
 * NULL: none.  Owned by the caller.
 */
char *makefile_unseen_line(const char *old, const char *new);

#endif
