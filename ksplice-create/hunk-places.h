/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where else a hunk could have gone.  patch(1) takes the place that is nearest to the line that the hunk names; in a source of another version
 * that can be another function with the same lines, and it only says "Hunk #1 succeeded at 310 (offset 120 lines)."
 */
#ifndef KSPLICE_CREATE_HUNK_PLACES_H
#define KSPLICE_CREATE_HUNK_PLACES_H

#include <stddef.h>

#include "ksplice-create/util.h"

/*
 * Hunk @number (from 1) of the @nth part (from 0) of the unified @diff that is about @file: at how many places of @text are the lines that it
 * begins with?  @side: '-', or '+' for a diff that is applied in reverse.  0: there is no such hunk, or no place.
 */
size_t hunk_places(const char *diff, const char *file, size_t nth, size_t number, char side, const char *text);
/* "Hunk #2 succeeded at 31 (offset 5 lines).": its number; 0: it went where it says, or the line is another one. */
size_t hunk_moved(const char *line);

#endif
