/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which elements of one sequence are those of another: as diff(1) does, with the fewest removed and added. */
#ifndef KSPLICE_CREATE_ALIGN_H
#define KSPLICE_CREATE_ALIGN_H

#include <stddef.h>
#include <stdint.h>

#define ALIGN_NONE SIZE_MAX

/*
 * Elements are equal when their numbers are (a hash will do).  @to has room for @na: the index in @b of each element of @a that
 * stays, ascending, or ALIGN_NONE.
 */
void align(const uint64_t *a, size_t na, const uint64_t *b, size_t nb, size_t *to);

/* A number for these bytes; to go on, give it the number so far, at first ALIGN_START. FNV-1a. */
#define ALIGN_START 0xcbf29ce484222325u
uint64_t align_hash(uint64_t so_far, const void *data, size_t len);

#endif
