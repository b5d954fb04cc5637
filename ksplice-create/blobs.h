/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of the kernel that are linked by themselves, and that it has as data: the vDSO, the code that starts processors,
 * the one that runs between two kernels; and its linker script.  No function of these can be replaced, and what is in
 * one is not seen in any unit.
 */
#ifndef KSPLICE_CREATE_BLOBS_H
#define KSPLICE_CREATE_BLOBS_H

#include "ksplice-create/create.h"
#include "ksplice-create/survey.h"

/*
 * Has kbuild make those of this kernel that @touched files may be a part of, without and with the diff.  Refused when one becomes
 * another; touched files that are in one, and leave it as it is, are added to @unchanged.  The view must be unpatched, and
 * is afterwards.
 */
struct error *blobs_check(struct create *c, const struct survey *s, const struct strv *touched, struct strv *unchanged);
/* Is the unit such a part? */
bool blobs_has(const char *unit);
/* Is it a source of one, or a directory of such, by its name? */
bool blobs_source(const char *file);
/* May a blob be made from C file @file by its makefile: lib/crypto/sha256.c, which is also a unit? */
bool blobs_name(const struct create *c, const char *file);

#endif
