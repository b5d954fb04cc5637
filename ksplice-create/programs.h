/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs that the kernel's build makes for itself, and runs: lib/gen_crc32table.c makes the table that lib/crc32.c includes,
 * objtool writes into objects.  What another one would make, the running kernel does not have.
 */
#ifndef KSPLICE_CREATE_PROGRAMS_H
#define KSPLICE_CREATE_PROGRAMS_H

#include "ksplice-create/create.h"
#include "ksplice-create/survey.h"

/* Refused when one of @touched is a source of a program in a directory of units, or is included by one in quotes. */
struct error *programs_check(struct create *c, const struct survey *s, const struct strv *touched);
/* Refused when kbuild names one of @unused, which no unit includes, as what a program in scripts/ or tools/ was made from. */
struct error *programs_check_unused(struct create *c, const struct strv *unused);

#endif
