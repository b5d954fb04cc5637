/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a touched file is, by its name: what may become code of this kernel, and what cannot, or must not. */
#ifndef KSPLICE_CREATE_OUTSIDE_H
#define KSPLICE_CREATE_OUTSIDE_H

#include "ksplice-create/create.h"

enum file_kind {
	FILE_SOURCE,	/* C or assembler, or included by such: the kernel's build tells what it becomes */
	FILE_MAKEFILE,	/* one whose lists of objects may change: build-lists.h */
	FILE_KCONFIG,	/* kconfig-hunks.h */
	FILE_OUTSIDE,	/* no part of the running kernel */
	FILE_REFUSED,	/* perhaps a part of it, and nothing that could be spliced */
};

/* *@why: of the last two, in words. */
enum file_kind file_kind(const struct create *c, const char *file, const char **why);
/* The same of a FILE_SOURCE that no unit is made from: FILE_OUTSIDE, FILE_REFUSED, or FILE_SOURCE when its name says nothing. */
enum file_kind unused_kind(const char *file, const char **why);
/* Is the unit, which kbuild's lists have, none of the running kernel's? */
bool outside_unit(const char *unit);

#endif
